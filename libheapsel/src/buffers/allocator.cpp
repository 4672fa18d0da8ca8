// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <cerrno>
#include <format>
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <heapsel/heap_statistics.hpp>
#include <heapsel/permission_hint.hpp>
#include <heapsel/printable.hpp>

#include "base/errno_text.hpp"
#include "base/joined.hpp"
#include "heaps/capacity.hpp"
#include "heaps/sysfs.hpp"
#include "uapi/dma_buf.hpp"
#include "uapi/dma_heap.hpp"
#include "uapi/udmabuf.hpp"

namespace heapsel {
namespace {

Error not_opened(int code, const Heap& heap, std::string hint) {
    const std::string what = heap.exporter == Exporter::udmabuf ? "open " : "open the heap ";
    return {.code = code,
            .operation = what + printable(heap.name),
            .subject = heap.device,
            .hint = std::move(hint)};
}

Result<UniqueFd> open_heap(const Heap& heap) {
    UniqueFd fd(::open(heap.device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) {
        const int code = errno;
        const bool denied = code == EACCES || code == EPERM;
        return std::unexpected(not_opened(code, heap, denied ? permission_hint(heap) : ""));
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

std::shared_ptr<const Origin> origin_of_buffers(const Heap& heap) {
    return std::make_shared<const Origin>(Origin{.heap = heap.name,
                                                 .exporter = heap.exporter,
                                                 .cached = heap.property(Trait::cached).answer});
}

/// Why `heap` may not take over from `chosen`; empty if it may.
std::string excluded_because(const Heap& heap, const Heap& chosen, Fallback fallback) {
    if (heap.name == chosen.name || fallback == Fallback::any)
        return {};
    if (fallback == Fallback::none)
        return "the policy allows no fallback";
    const Answer wanted = chosen.property(Trait::cached).answer;
    const Answer found = heap.property(Trait::cached).answer;
    if (wanted == found && wanted != Answer::unknown)
        return {};
    return std::format("cached is {}, and of {} it is {}", to_string(found), printable(chosen.name),
                       to_string(wanted));
}

Result<UniqueFd> allocate_from(const Heap& heap, int device_fd, std::size_t size,
                               std::string_view name) {
    return heap.exporter == Exporter::udmabuf ? uapi::udmabuf_create(device_fd, size, name)
                                              : uapi::dma_heap_allocate(device_fd, size, heap.name);
}

/// As it is at this moment; empty if nothing is known.
std::string room_in(const Heap& heap) {
    const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return to_string(capacity_of(heap, read_statistics(heap), read_cma_areas("/"), page_size));
}

} // namespace

Allocator::Allocator(std::vector<OpenHeap> heaps, std::string untried, bool by_policy)
    : heaps_(std::move(heaps)), untried_(std::move(untried)), untried_by_policy_(by_policy) {}

Result<Allocator> Allocator::create(const Selection& selection) {
    if (selection.heap() == nullptr)
        return std::unexpected(require_candidate(selection).error());
    std::vector<OpenHeap> heaps;
    std::vector<Error> failures;
    std::vector<std::string> untried;
    bool by_policy = false;
    for (const Judgement& candidate : selection.candidates()) {
        const Heap& heap = candidate.heap;
        // The first that opens is the chosen one: a selection need not know which do.
        const Heap& chosen = heaps.empty() ? heap : heaps.front().heap;
        if (auto why = excluded_because(heap, chosen, selection.fallback()); !why.empty()) {
            untried.push_back(std::format("{} ({})", printable(heap.name), why));
            by_policy = true;
        } else if (auto fd = open_heap(heap)) {
            heaps.push_back(
                {.heap = heap, .fd = *std::move(fd), .origin = origin_of_buffers(heap)});
        } else {
            untried.push_back(std::format("{} (it does not open: {})", printable(heap.name),
                                          errno_text(fd.error().code)));
            failures.push_back(std::move(fd.error()));
        }
    }
    if (heaps.empty())
        return std::unexpected(std::move(failures.front()));
    return Allocator(std::move(heaps), joined(untried, "; "), by_policy);
}

Result<Buffer> Allocator::allocate(std::size_t size, std::string_view name) const {
    auto buffer = try_allocate(size, name);
    if (!buffer && buffer.error().code == ENOMEM)
        buffer.error().hint = exhaustion_hint();
    return buffer;
}

Result<Buffer> Allocator::try_allocate(std::size_t size, std::string_view name) const {
    if (size == 0)
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "allocate a buffer",
                                     .subject = "0 bytes",
                                     .hint = "Ask for at least 1 byte."});
    for (const auto& [heap, heap_fd, origin] : heaps_) {
        auto fd = allocate_from(heap, heap_fd.get(), size, name);
        if (!fd && fd.error().code == ENOMEM)
            continue;
        if (!fd)
            return std::unexpected(std::move(fd.error()));
        if (!name.empty())
            static_cast<void>(uapi::dma_buf_set_name(fd->get(), name));
        return Buffer(origin, *std::move(fd), size);
    }
    std::vector<std::string> names;
    for (const OpenHeap& tried : heaps_)
        names.push_back(tried.heap.name);
    return std::unexpected(Error{.code = ENOMEM,
                                 .operation = std::format("allocate {} bytes", size),
                                 .subject = joined(names, ", "),
                                 .hint = {}});
}

std::string Allocator::exhaustion_hint() const {
    std::vector<std::string> tried;
    for (const auto& [heap, heap_fd, origin] : heaps_) {
        const std::string known = room_in(heap);
        tried.push_back(printable(heap.name) + (known.empty() ? "" : " (" + known + ")"));
    }
    std::string hint = "No heap that was tried has room: " + joined(tried, "; ") + ". ";
    if (!untried_.empty())
        hint += "Not tried: " + untried_ + ". ";
    hint += "Free buffers, enlarge the region (cma= on the kernel's command line, or the device "
            "tree), ";
    hint += untried_by_policy_ ? "require less, or let the policy fall back further."
                               : "or require less.";
    return hint;
}

} // namespace heapsel
