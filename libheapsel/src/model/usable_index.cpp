// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/usable_index.hpp"

#include <algorithm>

namespace heapsel {
namespace {

std::size_t place_of(std::span<const UsableHeap> heaps, std::size_t i) {
    if (heaps[i].bound)
        return i;
    return heaps[i].import_only ? heaps.size() + 1 : heaps.size();
}

} // namespace

UsableIndex::UsableIndex(std::span<const UsableHeap> heaps) : unbound_(heaps.size()) {
    for (std::size_t i = 0; i < heaps.size(); ++i) {
        const std::size_t place = place_of(heaps, i);
        const auto [entry, added] = places_.try_emplace(heaps[i].name, place);
        if (!added)
            entry->second = std::min(entry->second, place);
    }
}

std::optional<std::size_t> UsableIndex::find(const Heap& heap) const {
    const auto least = least_of(heap);
    return least ? std::min(*least, unbound_) : least;
}

bool UsableIndex::is_import_only(const Heap& heap) const {
    return least_of(heap).value_or(unbound_) > unbound_;
}

std::optional<std::size_t> UsableIndex::least_of(const Heap& heap) const {
    std::optional<std::size_t> least;
    const auto look_for = [&](std::string_view name) {
        if (const auto found = places_.find(name); found != places_.end())
            least = std::min(least.value_or(found->second), found->second);
    };
    look_for(heap.name);
    std::ranges::for_each(heap.aliases, look_for);
    return least;
}

} // namespace heapsel
