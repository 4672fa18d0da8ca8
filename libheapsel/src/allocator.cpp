// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <cerrno>
#include <format>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <heapsel/heap_statistics.hpp>
#include <heapsel/printable.hpp>

#include "permission_remedy.hpp"
#include "room.hpp"
#include "sysfs.hpp"
#include "uapi/dma_buf.hpp"
#include "uapi/dma_heap.hpp"

namespace heapsel {
namespace {

Error not_opened(int code, const Heap& heap, std::string remedy) {
    return {.code = code,
            .attempted = "open the heap " + printable(heap.name),
            .subject = heap.device.native(),
            .remedy = std::move(remedy)};
}

Result<UniqueFd> open_heap(const Heap& heap) {
    UniqueFd fd(::open(heap.device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) {
        const int code = errno;
        const bool denied = code == EACCES || code == EPERM;
        return std::unexpected(not_opened(code, heap, denied ? permission_remedy(heap) : ""));
    }
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0)
        return std::unexpected(not_opened(errno, heap, ""));
    if (!S_ISCHR(status.st_mode))
        return std::unexpected(
            not_opened(ENODEV, heap,
                       "The file is no device: a recorded tree can be planned with, and no more."));
    return fd;
}

/// As it is at this moment; empty if nothing is known.
std::string room_in(const Heap& heap) {
    const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return to_string(room_of(heap, read_statistics(heap), read_cma_areas("/"), page_size));
}

} // namespace

Allocator::Allocator(std::vector<OpenHeap> heaps) : heaps_(std::move(heaps)) {}

Result<Allocator> Allocator::create(const Selection& selection) {
    if (selection.chosen() == nullptr)
        return std::unexpected(require_candidate(selection).error());
    std::vector<OpenHeap> heaps;
    std::vector<Error> failures;
    for (const Judgement& judgement : selection.candidates()) {
        const Heap& heap = judgement.heap;
        auto fd = open_heap(heap);
        if (fd)
            heaps.push_back({.heap = heap, .fd = *std::move(fd)});
        else
            failures.push_back(std::move(fd.error()));
    }
    if (heaps.empty())
        return std::unexpected(std::move(failures.front()));
    return Allocator(std::move(heaps));
}

Result<Buffer> Allocator::allocate(std::size_t size, std::string_view name) const {
    if (size == 0)
        return std::unexpected(Error{.code = EINVAL,
                                     .attempted = "allocate a buffer",
                                     .subject = "0 bytes",
                                     .remedy = "Ask for at least 1 byte."});
    for (const auto& [heap, heap_fd] : heaps_) {
        auto fd = uapi::dma_heap_allocate(heap_fd.get(), size, heap.name);
        if (!fd && fd.error().code == ENOMEM)
            continue;
        if (!fd)
            return std::unexpected(std::move(fd.error()));
        static_cast<void>(uapi::dma_buf_set_name(fd->get(), name));
        return Buffer(*std::move(fd), size, heap.name);
    }
    return std::unexpected(exhausted(size));
}

Error Allocator::exhausted(std::size_t size) const {
    std::string names;
    std::string tried;
    for (const auto& [heap, heap_fd] : heaps_) {
        names += (names.empty() ? "" : ", ") + heap.name;
        const std::string known = room_in(heap);
        tried += (tried.empty() ? "" : "; ") + printable(heap.name) +
                 (known.empty() ? "" : " (" + known + ")");
    }
    return {.code = ENOMEM,
            .attempted = std::format("allocate {} bytes", size),
            .subject = std::move(names),
            .remedy = "No heap that meets the requirements has room: " + tried +
                      ". Free buffers, enlarge the region (cma= on the kernel's command line, or "
                      "the device tree), or require less."};
}

} // namespace heapsel
