// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/compatibility.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/printable.hpp>

#include "base/concat.hpp"
#include "model/consumer_state.hpp"
#include "select/finding.hpp"

namespace heapsel {
namespace {

const HeapTrial* trial_of(const Consumer& consumer, const Heap& heap) {
    const auto found = std::ranges::find(consumer.trials(), heap.name, &HeapTrial::heap);
    return found == consumer.trials().end() ? nullptr : &*found;
}

Finding can_use(const std::string& name, const std::string& value, const std::string& evidence) {
    return finding(name, value, {Source::none, evidence}, {"", name}, Weight::required, true,
                   concat({name, " ", value, " (", evidence, ")"}));
}

Finding cannot_use(const std::string& name, const std::string& evidence, std::string_view text) {
    return finding(name, "cannot use it", {Source::none, evidence}, {"", name}, Weight::required,
                   false, concat({name, ": ", text}));
}

/// Of a heap that it lists.
std::string how(const UsableIndex& places, const Heap& heap, std::size_t place) {
    if (place < places.unbound())
        return "is bound to it";
    return places.is_import_only(heap) ? "can import it" : "can use it";
}

/// Of a driver that says what it can use.
Finding listed(const Consumer& consumer, const std::string& name, const Heap& heap) {
    const UsableHeaps& usable = *consumer.usable();
    const UsableIndex& places = ConsumerLists::places_of(consumer);
    if (const auto place = places.find(heap))
        return can_use(name, how(places, heap, *place), usable.evidence);
    return cannot_use(
        name, usable.evidence,
        concat({"the driver ", usable.heaps.empty() ? "lists no heap at all" : "does not list it",
                " (", usable.evidence, ")"}));
}

/// Of a driver that does not say, and of what was tried with it.
Finding tried(const Consumer& consumer, const std::string& name, const HeapTrial* trial) {
    if (trial != nullptr && trial->accepted == Answer::no)
        return cannot_use(name, trial->evidence, trial->evidence);
    const std::string evidence =
        consumer.usable()->unknown_because + (trial == nullptr ? "" : "; " + trial->evidence);
    return finding(name, "unknown", {Source::none, evidence}, {"", name}, Weight::noted, true,
                   concat({"whether ", name, " can use it is unknown (", evidence, ")"}));
}

} // namespace

std::vector<Finding> compatibility_findings(const Consumer& consumer, const Heap& heap) {
    if (!consumer.usable())
        return {};
    const std::string name = printable(consumer.name());
    if (consumer.usable()->known())
        return {listed(consumer, name, heap)};
    return {tried(consumer, name, trial_of(consumer, heap))};
}

std::size_t binding_place(const Consumer& consumer, const Heap& heap) {
    const UsableIndex& places = ConsumerLists::places_of(consumer);
    return places.find(heap).value_or(places.unbound());
}

} // namespace heapsel
