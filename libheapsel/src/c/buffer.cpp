// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/buffer.h>

#include <cerrno>
#include <cstdint>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

std::string subject_of(const heapsel_buffer& buffer) {
    return "a buffer from heap " + buffer.value.heap();
}

Error released(const heapsel_buffer& buffer, const char* operation) {
    return {.code = EBADF,
            .operation = operation,
            .subject = subject_of(buffer),
            .hint = "Its descriptor was released."};
}

Result<void> begin_access(heapsel_buffer& buffer, Access access, Fences fences, void** address) {
    if (buffer.access)
        return std::unexpected(c_api::begun_already(subject_of(buffer)));
    if (buffer.value.fd() < 0)
        return std::unexpected(released(buffer, "begin CPU access"));
    return buffer.value.begin_access(access, fences).transform([&](CpuAccess&& begun) {
        buffer.access = std::move(begun);
        if (address != nullptr)
            *address = buffer.access->bytes().data();
    });
}

using Copy = Result<FileCopy> (Buffer::*)(int, const FilePart&);

/// Where C wants to have it.
struct Copied {
    std::size_t* bytes;
    heapsel_copy_way* way;
};

Result<void> copy_file(heapsel_buffer& buffer, Copy copy, int file, const FilePart& part,
                       Copied copied) {
    if (buffer.access)
        return std::unexpected(c_api::begun_already(subject_of(buffer)));
    if (buffer.value.fd() < 0)
        return std::unexpected(released(buffer, "copy between a buffer and a file"));
    return (buffer.value.*copy)(file, part).transform([&](const FileCopy& made) {
        c_api::put(copied.bytes, made.bytes);
        c_api::put(copied.way, c_api::number_of<heapsel_copy_way>(made.way));
    });
}

Error no_descriptor(int fd) {
    return {.code = EBADF,
            .operation = "take over a dma-buf",
            .subject = std::format("file descriptor {}", fd),
            .hint = "Give one that is open."};
}

/// What may fail for want of memory comes before the descriptor is owned.
heapsel_buffer* owning(int fd, std::size_t size, Origin origin) {
    const auto from = std::make_shared<const Origin>(std::move(origin));
    auto made = std::make_unique<heapsel_buffer>(Buffer(from, UniqueFd(), size));
    made->value = Buffer(from, UniqueFd(fd), size);
    return made.release();
}

} // namespace

int heapsel_buffer_adopt(int fd, std::size_t size, const char* heap, heapsel_answer cached,
                         heapsel_buffer** buffer, heapsel_error** error) {
    constexpr const char* function = "heapsel_buffer_adopt";
    if (buffer != nullptr)
        *buffer = nullptr;
    return c_api::call(function, error, {{"buffer", buffer}}, [&]() -> Result<void> {
        const auto known = c_api::checked(cached, c_api::all_answers, function, "cached");
        if (!known)
            return std::unexpected(known.error());
        if (size == 0)
            return std::unexpected(
                c_api::bad_argument(function, "size", "A dma-buf has 1 byte at least."));
        if (fd < 0)
            return std::unexpected(no_descriptor(fd));
        *buffer = owning(fd, size,
                         {.heap = heap == nullptr ? "" : heap,
                          .exporter = Exporter::dma_heap,
                          .cached = *known});
        return {};
    });
}

void heapsel_buffer_free(heapsel_buffer* buffer) {
    delete buffer;
}

int heapsel_buffer_fd(const heapsel_buffer* buffer) {
    return buffer == nullptr ? -1 : buffer->value.fd();
}

int heapsel_buffer_release_fd(heapsel_buffer* buffer) {
    if (buffer == nullptr)
        return -1;
    buffer->access.reset();
    return buffer->value.release().release();
}

std::size_t heapsel_buffer_size(const heapsel_buffer* buffer) {
    return buffer == nullptr ? 0 : buffer->value.size();
}

const char* heapsel_buffer_heap(const heapsel_buffer* buffer) {
    return buffer == nullptr ? nullptr : buffer->value.heap().c_str();
}

int heapsel_buffer_begin_access(heapsel_buffer* buffer, heapsel_access access,
                                heapsel_fences fences, void** address, heapsel_error** error) {
    constexpr const char* function = "heapsel_buffer_begin_access";
    if (address != nullptr)
        *address = nullptr;
    return c_api::call(function, error, {{"buffer", buffer}}, [&]() -> Result<void> {
        const auto wanted = c_api::checked(access, c_api::all_accesses, function, "access");
        if (!wanted)
            return std::unexpected(wanted.error());
        return c_api::checked(fences, c_api::all_fences, function, "fences")
            .and_then([&](Fences known) { return begin_access(*buffer, *wanted, known, address); });
    });
}

int heapsel_buffer_end_access(heapsel_buffer* buffer, heapsel_error** error) {
    return c_api::call(__func__, error, {{"buffer", buffer}}, [&]() -> Result<void> {
        if (!buffer->access)
            return std::unexpected(c_api::not_begun(subject_of(*buffer)));
        return std::exchange(buffer->access, std::nullopt)->end();
    });
}

int heapsel_buffer_read_file(heapsel_buffer* buffer, int file, std::uint64_t file_offset,
                             std::size_t offset, std::size_t size, std::size_t* bytes,
                             heapsel_copy_way* way, heapsel_error** error) {
    c_api::put(bytes, std::size_t{0});
    return c_api::call(__func__, error, {{"buffer", buffer}}, [&] {
        return copy_file(*buffer, &Buffer::read_from, file,
                         {.file_offset = file_offset, .buffer_offset = offset, .size = size},
                         {bytes, way});
    });
}

int heapsel_buffer_write_file(heapsel_buffer* buffer, int file, std::uint64_t file_offset,
                              std::size_t offset, std::size_t size, std::size_t* bytes,
                              heapsel_copy_way* way, heapsel_error** error) {
    c_api::put(bytes, std::size_t{0});
    return c_api::call(__func__, error, {{"buffer", buffer}}, [&] {
        return copy_file(*buffer, &Buffer::write_to, file,
                         {.file_offset = file_offset, .buffer_offset = offset, .size = size},
                         {bytes, way});
    });
}

static_assert(c_api::are(c_api::all_copy_ways, {HEAPSEL_COPY_WAY_DIRECT, HEAPSEL_COPY_WAY_ONE_COPY,
                                                HEAPSEL_COPY_WAY_MAPPING}));
static_assert(c_api::are(c_api::all_accesses,
                         {HEAPSEL_ACCESS_READ, HEAPSEL_ACCESS_WRITE, HEAPSEL_ACCESS_READ_WRITE}));
static_assert(c_api::are(c_api::all_fences, {HEAPSEL_FENCES_UNKNOWN, HEAPSEL_FENCES_SIGNALLED}));
