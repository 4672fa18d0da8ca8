// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

/// A memory of a device, and where it can come from.
struct Named {
    std::string name; ///< "/dev/video0 capture"; printable.
    const UsableHeaps* usable = nullptr;
    const Binding* binding = nullptr;
};

const Binding* pointer(const std::optional<Binding>& binding) {
    return binding ? &*binding : nullptr;
}

/// What lies in the buffers of another use needs no heap of its own.
void add(std::vector<Named>& memories, std::string name, const DeviceMemory& memory) {
    if (memory.part_of.empty())
        memories.push_back({.name = std::move(name),
                            .usable = &memory.usable,
                            .binding = pointer(memory.binding)});
}

std::vector<Named> memories_of(const Facts& facts) {
    std::vector<Named> memories;
    for (const VideoDevice& device : facts.videos) {
        for (const VideoMemory& memory : device.memories)
            add(memories,
                std::format("/dev/{} {}", printable(device.name),
                            memory.queue ? std::string(to_string(*memory.queue))
                                         : printable(memory.use)),
                memory);
    }
    for (const DisplayDevice& device : facts.displays) {
        for (const auto& [plane, usable] : device.planes)
            memories.push_back(
                {.name = std::format("/dev/dri/{} {}", printable(device.name), plane.name()),
                 .usable = &usable,
                 .binding = nullptr});
        memories.push_back({.name = std::format("/dev/dri/{} dumb", printable(device.name)),
                            .usable = nullptr,
                            .binding = pointer(device.binding)});
        for (const DeviceMemory& memory : device.hidden)
            add(memories,
                std::format("/dev/dri/{} {}", printable(device.name), printable(memory.use)),
                memory);
    }
    return memories;
}

bool there_is(const Facts& facts, const std::string& name) {
    return std::ranges::any_of(facts.heaps,
                               [&](const HeapFacts& known) { return known.heap.is_called(name); });
}

/// Bound to heaps that are all gone, with no leave to take other memory.
bool is_stranded(const Named& memory, const Facts& facts) {
    const Binding* const binding = memory.binding;
    return binding != nullptr && !binding->heaps.empty() && !binding->or_driver &&
           std::ranges::none_of(binding->heaps,
                                [&](const std::string& name) { return there_is(facts, name); });
}

Check stranded(const Named& memory) {
    std::vector<std::string> names;
    for (const std::string& name : memory.binding->heaps)
        names.push_back(printable(name));
    return {.subject = "device",
            .condition = Condition::problem,
            .finding = std::format("{} is bound to {}, which is not there, and may take no other "
                                   "memory.",
                                   memory.name, joined(names, ", ")),
            .hint = "Bind it to a heap that is there, or to none; heapsel devices lists them.",
            .commands = {}};
}

Check without_heap(const Named& memory) {
    return {.subject = "device",
            .condition = Condition::problem,
            .finding = std::format("{} can use no heap ({}).", memory.name,
                                   memory.usable->evidence.empty() ? "so its driver says"
                                                                   : memory.usable->evidence),
            .hint = "Have its driver allocate, and export its buffers to others.",
            .commands = {}};
}

} // namespace

std::vector<Check> device_checks(const Facts& facts) {
    std::vector<Check> checks;
    std::vector<std::string> unknown;
    const auto memories = memories_of(facts);
    for (const Named& memory : memories) {
        if (is_stranded(memory, facts))
            checks.push_back(stranded(memory));
        else if (memory.usable != nullptr && !memory.usable->known())
            unknown.push_back(memory.name);
        else if (memory.usable != nullptr && memory.usable->heaps.empty())
            checks.push_back(without_heap(memory));
    }
    if (!unknown.empty())
        checks.push_back(
            {.subject = "device",
             .condition = Condition::unknown,
             .finding = std::format("What {} can use is not known.", joined(unknown, ", ")),
             .hint = "heapsel devices says why.",
             .commands = {}});
    if (checks.empty() && !memories.empty())
        checks.push_back({.subject = "device",
                          .condition = Condition::ok,
                          .finding = "Every device can use a heap.",
                          .hint = {},
                          .commands = {}});
    return checks;
}

} // namespace heapsel
