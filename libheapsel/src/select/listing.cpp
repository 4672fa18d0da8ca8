// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/listing.hpp"

#include <algorithm>
#include <format>

#include <heapsel/printable.hpp>

#include "model/consumer_state.hpp"

namespace heapsel {

namespace {

const HeapTrial* trial_of(const Consumer& consumer, const Heap& heap) {
    const auto found = std::ranges::find(consumer.trials(), heap.name, &HeapTrial::heap);
    return found == consumer.trials().end() ? nullptr : &*found;
}

bool is_bound(const Consumer& consumer, const Heap& heap) {
    const HeapPlaces& places = ConsumerLists::places_of(consumer);
    return places.find(heap).value_or(places.unbound()) < places.unbound();
}

} // namespace

std::string refusal(const Consumer& consumer, const Heap& heap) {
    const auto& usable = consumer.usable();
    if (!usable || !standing_with(consumer, heap).refused)
        return {};
    const std::string name = printable(consumer.name());
    if (!usable->known())
        return std::format("{}: {}", name, trial_of(consumer, heap)->evidence);
    return std::format("{}: the driver {} ({})", name,
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
    return std::format("{} {} ({})", name,
                       is_bound(consumer, heap) ? "is bound to it" : "can use it",
                       usable->evidence);
}

Standing standing_with(const Consumer& consumer, const Heap& heap) {
    const auto& usable = consumer.usable();
    if (!usable)
        return {};
    const HeapPlaces& places = ConsumerLists::places_of(consumer);
    if (usable->known()) {
        const auto place = places.find(heap);
        return {.refused = !place, .place = place.value_or(places.unbound())};
    }
    const HeapTrial* const trial = trial_of(consumer, heap);
    return {.refused = trial != nullptr && trial->accepted == Answer::no,
            .place = places.unbound()};
}

} // namespace heapsel
