// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/device_memory.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>

#include "devices/device_node.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// `file` as the machine itself would call it.
UsableHeaps usable_from(const Binding& binding, const fs::path& file) {
    const Accounting unsaid{.controller = std::nullopt,
                            .region = std::nullopt,
                            .unknown_because = "the binding's file does not say"};
    UsableHeaps usable{.heaps = {}, .evidence = printable(file.native()), .unknown_because = {}};
    for (const std::string& heap : binding.heaps)
        usable.heaps.push_back(
            {.name = heap, .bound = true, .in_use = false, .accounting = unsaid});
    for (const std::string& heap : binding.usable)
        usable.heaps.push_back(
            {.name = heap, .bound = false, .in_use = false, .accounting = unsaid});
    return usable;
}

} // namespace

UsableHeaps unknown_heaps(std::string because) {
    return {.heaps = {}, .evidence = {}, .unknown_because = std::move(because)};
}

DeviceMemory memory_for(const fs::path& root, const DeviceNode& device, UseHeaps heaps) {
    DeviceMemory memory{.use = std::move(heaps.use),
                        .usable = std::move(heaps.usable),
                        .part_of = std::move(heaps.part_of),
                        .binding = std::nullopt,
                        .binding_unknown_because = {}};
    if (!memory.part_of.empty()) {
        memory.binding_unknown_because =
            std::format("the memory for {} is at the end of the buffers for {}",
                        printable(memory.use), printable(memory.part_of));
        return memory;
    }
    auto binding = binding_of_node(root, device, memory.use);
    if (!binding) {
        memory.binding_unknown_because = std::move(binding.error());
        return memory;
    }
    memory.binding = *std::move(binding);
    if (!memory.usable.known())
        memory.usable =
            usable_from(*memory.binding,
                        "/" / binding_file(device.directory, memory.use).lexically_relative(root));
    return memory;
}

std::vector<DeviceMemory> hidden_memories(const fs::path& root, const DeviceNode& device,
                                          HeapList list, std::span<const std::string> visible) {
    if (!list.unknown_because.empty()) {
        for (std::string& use : uses_of_node(root, device)) {
            if (!std::ranges::contains(visible, use))
                list.uses.push_back({.use = std::move(use),
                                     .part_of = {},
                                     .usable = unknown_heaps(list.unknown_because)});
        }
    }
    std::vector<DeviceMemory> memories;
    for (UseHeaps& heaps : list.uses)
        memories.push_back(memory_for(root, device, std::move(heaps)));
    return memories;
}

} // namespace heapsel
