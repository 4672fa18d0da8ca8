// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/enum_heaps.hpp"

#include <algorithm>
#include <format>
#include <utility>

namespace heapsel {
namespace {

UseHeaps& entry_of(std::vector<UseHeaps>& uses, const std::string& use, const std::string& call) {
    const auto found = std::ranges::find(uses, use, &UseHeaps::use);
    if (found != uses.end())
        return *found;
    return uses.emplace_back(
        UseHeaps{.use = use,
                 .part_of = {},
                 .usable = {.heaps = {}, .evidence = call, .unknown_because = {}}});
}

void add(UseHeaps& use, const uapi::HeapEntry& entry) {
    switch (entry.kind) {
    case uapi::EntryKind::part:
        use.part_of = entry.heap.name;
        return;
    case uapi::EntryKind::by_driver:
        use.usable.by_driver = entry.heap;
        return;
    case uapi::EntryKind::heap:
        const bool known =
            std::ranges::contains(use.usable.heaps, entry.heap.name, &UsableHeap::name);
        if (!known && !entry.heap.name.empty())
            use.usable.heaps.push_back(entry.heap);
    }
}

} // namespace

std::vector<UseHeaps> heaps_by_use(const std::vector<uapi::HeapEntry>& entries,
                                   const std::string& call) {
    std::vector<UseHeaps> uses;
    for (const uapi::HeapEntry& entry : entries)
        add(entry_of(uses, entry.use, call), entry);
    return uses;
}

UseHeaps heaps_of_one_use(HeapList list, const std::string& call) {
    if (!list.uses.empty())
        return std::move(list.uses.front());
    const bool known = list.unknown_because.empty();
    return {.use = {},
            .part_of = {},
            .usable = {.heaps = {},
                       .evidence = known ? call : "",
                       .unknown_because = std::move(list.unknown_because)}};
}

HeapList no_such_call(const std::string& call) {
    return {.uses = {}, .unknown_because = std::format("the kernel does not have {}", call)};
}

} // namespace heapsel
