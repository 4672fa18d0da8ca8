// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap_users.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include <heapsel/printable.hpp>

namespace heapsel::tools {
namespace {

bool has(const Heap& heap, std::span<const std::string> names) {
    return std::ranges::any_of(names,
                               [&](const std::string& name) { return heap.is_called(name); });
}

/// Nothing where the memory cannot come from the heap, or nobody says so.
std::optional<bool> is_bound(const Heap& heap, const std::optional<Binding>& binding,
                             const UsableHeaps& usable) {
    if (binding && has(heap, binding->heaps))
        return true;
    const UsableHeap* const listed = usable.find(heap);
    if (listed != nullptr)
        return listed->bound && !binding;
    if (binding && has(heap, binding->usable))
        return false;
    return std::nullopt;
}

std::string memory_name(const VideoMemory& memory) {
    return memory.queue ? std::string(to_string(*memory.queue)) : printable(memory.use);
}

template <typename Buffer>
std::vector<Buffer> of_heap(const Heap& heap, std::span<const Buffer> all) {
    std::vector<Buffer> found;
    std::ranges::copy_if(all, std::back_inserter(found),
                         [&](const Buffer& buffer) { return heap.is_called(buffer.exporter); });
    return found;
}

} // namespace

std::vector<DeviceUse> device_uses(const Heap& heap, std::span<const VideoDevice> videos,
                                   std::span<const DisplayDevice> displays) {
    std::vector<DeviceUse> uses;
    const auto add = [&](const std::string& device, std::string memory,
                         const std::optional<Binding>& binding, const UsableHeaps& usable) {
        const UsableHeap* const listed = usable.find(heap);
        if (const auto bound = is_bound(heap, binding, usable))
            uses.push_back({.device = device,
                            .memory = std::move(memory),
                            .bound = *bound,
                            .in_use = listed != nullptr && listed->in_use,
                            .import_only = listed != nullptr && listed->import_only});
    };
    for (const VideoDevice& device : videos) {
        for (const VideoMemory& memory : device.memories)
            add("/dev/" + device.name, memory_name(memory), memory.binding, memory.usable);
    }
    for (const DisplayDevice& device : displays) {
        const std::string node = "/dev/dri/" + device.name;
        for (const auto& [plane, usable] : device.planes)
            add(node, plane.name(), std::nullopt, usable);
        add(node, "dumb", device.binding, {});
        for (const DeviceMemory& memory : device.hidden)
            add(node, printable(memory.use), memory.binding, memory.usable);
    }
    return uses;
}

std::vector<ProcessBuffer> held_of(const Heap& heap, std::span<const ProcessBuffer> all) {
    return of_heap(heap, all);
}

std::vector<KernelBuffer> live_of(const Heap& heap, std::span<const KernelBuffer> all) {
    return of_heap(heap, all);
}

std::vector<KernelBuffer> without_holder(std::span<const KernelBuffer> live,
                                         std::span<const ProcessBuffer> held) {
    std::vector<KernelBuffer> found;
    std::ranges::copy_if(live, std::back_inserter(found), [&](const KernelBuffer& buffer) {
        return !std::ranges::contains(held, buffer.inode, &ProcessBuffer::inode);
    });
    return found;
}

} // namespace heapsel::tools
