// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <heapsel/printable.hpp>

#include "permission_remedy.hpp"
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

std::string mebibytes(std::uint64_t bytes) {
    return std::format("{} MiB", bytes >> 20U);
}

/// "size 64 MiB, free 12 MiB", as far as the device tree and the kernel say; empty if neither does.
std::string room(std::string_view name, std::span<const std::string> aliases,
                 const std::optional<Region>& region) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::optional<std::uint64_t> size;
    if (region)
        size = region->size;
    std::optional<std::uint64_t> free;
    for (const CmaArea& area : read_cma_areas("/")) {
        if (area.name != name && !std::ranges::contains(aliases, area.name))
            continue;
        if (area.total_pages)
            size = *area.total_pages * page;
        if (area.available_pages)
            free = *area.available_pages * page;
    }
    std::string text = size ? "size " + mebibytes(*size) : "";
    if (free)
        text += (text.empty() ? "" : ", ") + ("free " + mebibytes(*free));
    return text;
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
            heaps.push_back({.name = heap.name,
                             .aliases = heap.aliases,
                             .region = heap.region,
                             .fd = *std::move(fd)});
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
    for (const OpenHeap& heap : heaps_) {
        auto fd = uapi::dma_heap_allocate(heap.fd.get(), size, heap.name);
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
    for (const OpenHeap& heap : heaps_) {
        names += (names.empty() ? "" : ", ") + heap.name;
        const std::string known = room(heap.name, heap.aliases, heap.region);
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
