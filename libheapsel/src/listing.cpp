// SPDX-License-Identifier: LGPL-2.1-or-later
#include "listing.hpp"

#include <algorithm>
#include <format>

#include <heapsel/printable.hpp>

namespace heapsel {

namespace {

const HeapTrial* trial_of(const Consumer& consumer, const Heap& heap) {
    const auto found = std::ranges::find(consumer.trials(), heap.name, &HeapTrial::heap);
    return found == consumer.trials().end() ? nullptr : &*found;
}

} // namespace

std::string refusal(const Consumer& consumer, const Heap& heap) {
    const auto& usable = consumer.usable();
    if (!usable)
        return {};
    if (!usable->known()) {
        const HeapTrial* const trial = trial_of(consumer, heap);
        return trial != nullptr && trial->accepted == Answer::no
                   ? std::format("{}: {}", printable(consumer.name()), trial->evidence)
                   : "";
    }
    if (usable->find(heap) != nullptr)
        return {};
    return std::format("{}: the driver {} ({})", printable(consumer.name()),
                       usable->heaps.empty() ? "lists no heap at all" : "does not list it",
                       usable->evidence);
}

std::string acceptance(const Consumer& consumer, const Heap& heap) {
    const auto& usable = consumer.usable();
    if (!usable)
        return {};
    const std::string name = printable(consumer.name());
    if (!usable->known()) {
        const HeapTrial* const trial = trial_of(consumer, heap);
        return std::format("whether {} can use it is unknown ({}{})", name, usable->unknown_because,
                           trial == nullptr ? "" : "; " + trial->evidence);
    }
    const UsableHeap* const entry = usable->find(heap);
    const bool bound = entry != nullptr && entry->active;
    return std::format("{} {} ({})", name, bound ? "is bound to it" : "can use it",
                       usable->evidence);
}

std::vector<std::size_t> places(std::span<const Consumer> consumers, const Heap& heap) {
    std::vector<std::size_t> places;
    for (const Consumer& consumer : consumers) {
        const auto& usable = consumer.usable();
        if (!usable)
            continue;
        const auto& heaps = usable->heaps;
        const auto found = std::ranges::find_if(heaps, [&](const UsableHeap& entry) {
            return entry.active && heap.is_called(entry.name);
        });
        places.push_back(static_cast<std::size_t>(found - heaps.begin()));
    }
    return places;
}

} // namespace heapsel
