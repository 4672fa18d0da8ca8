// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/buffer.h>

#include <array>
#include <cerrno>
#include <format>
#include <optional>
#include <utility>

#include <heapsel/printable.hpp>

#include "c_api/call.hpp"
#include "c_api/handles.hpp"
#include "c_api/values.hpp"

using namespace heapsel;

namespace {

constexpr std::array all_accesses{Access::read, Access::write, Access::read_write};

Error misused(int code, const char* attempted, const heapsel_buffer& buffer, const char* remedy) {
    return {.code = code,
            .attempted = attempted,
            .subject = "a buffer from heap " + buffer.value.heap(),
            .remedy = remedy};
}

Result<void> with_descriptor(const heapsel_buffer& buffer, const char* attempted) {
    if (buffer.value.fd() >= 0)
        return {};
    return std::unexpected(misused(EBADF, attempted, buffer, "Its descriptor was released."));
}

Result<void*> map(heapsel_buffer& buffer, Access access) {
    auto& mapping = access == Access::read ? buffer.readable : buffer.writable;
    if (!mapping) {
        auto made = with_descriptor(buffer, "map the buffer").and_then([&] {
            return buffer.value.map(access);
        });
        if (!made)
            return std::unexpected(std::move(made.error()));
        mapping = *std::move(made);
    }
    return mapping->bytes().data();
}

Result<void> begin_access(heapsel_buffer& buffer, Access access) {
    constexpr const char* attempted = "begin CPU access";
    if (buffer.access)
        return std::unexpected(misused(EBUSY, attempted, buffer, "It has begun already."));
    return with_descriptor(buffer, attempted)
        .and_then([&] { return buffer.value.begin_access(access); })
        .transform([&](CpuAccess&& begun) { buffer.access = std::move(begun); });
}

Result<void> end_access(heapsel_buffer& buffer) {
    if (!buffer.access)
        return std::unexpected(misused(EPERM, "end CPU access", buffer, "It has not begun."));
    return std::exchange(buffer.access, std::nullopt)->end();
}

} // namespace

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

int heapsel_buffer_map(heapsel_buffer* buffer, heapsel_access access, void** address,
                       heapsel_error** error) {
    if (address != nullptr)
        *address = nullptr;
    return c_api::call(__func__, error, {{"buffer", buffer}, {"address", address}}, [&] {
        return c_api::checked(access, all_accesses, "heapsel_buffer_map", "access")
            .and_then([&](Access wanted) { return map(*buffer, wanted); })
            .transform([&](void* mapped) { *address = mapped; });
    });
}

int heapsel_buffer_begin_access(heapsel_buffer* buffer, heapsel_access access,
                                heapsel_error** error) {
    return c_api::call(__func__, error, {{"buffer", buffer}}, [&] {
        return c_api::checked(access, all_accesses, "heapsel_buffer_begin_access", "access")
            .and_then([&](Access wanted) { return begin_access(*buffer, wanted); });
    });
}

int heapsel_buffer_end_access(heapsel_buffer* buffer, heapsel_error** error) {
    return c_api::call(__func__, error, {{"buffer", buffer}}, [&] { return end_access(*buffer); });
}

static_assert(c_api::are(all_accesses,
                         {HEAPSEL_ACCESS_READ, HEAPSEL_ACCESS_WRITE, HEAPSEL_ACCESS_READ_WRITE}));
