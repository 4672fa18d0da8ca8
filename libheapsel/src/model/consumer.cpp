// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/consumer.hpp>

#include <algorithm>
#include <utility>

#include <heapsel/printable.hpp>

#include "model/consumer_state.hpp"

namespace heapsel {
namespace {

/// A caller's text may have any bytes. One that is printable stays as it is.
std::string made_printable(std::string text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    return plain ? text : printable(text);
}

} // namespace

Consumer::Consumer(State state) : state_(std::make_shared<const State>(std::move(state))) {}

Consumer Consumer::requirement(std::string name, Requirement requirement) {
    return Consumer(State{.name = std::move(name),
                          .requirement = std::move(requirement),
                          .usable = std::nullopt,
                          .trials = {},
                          .places = {}});
}

Consumer Consumer::listing(std::string name, UsableHeaps usable) {
    usable.evidence = made_printable(std::move(usable.evidence));
    usable.unknown_because = made_printable(std::move(usable.unknown_because));
    UsableIndex places(usable.heaps);
    return Consumer(State{.name = std::move(name),
                          .requirement = {},
                          .usable = std::move(usable),
                          .trials = {},
                          .places = std::move(places)});
}

Consumer Consumer::with_trials(std::vector<HeapTrial> trials) const {
    State tried = *state_;
    tried.trials = std::move(trials);
    for (HeapTrial& trial : tried.trials)
        trial.evidence = made_printable(std::move(trial.evidence));
    return Consumer(std::move(tried));
}

const std::string& Consumer::name() const {
    return state_->name;
}

const Requirement& Consumer::requirement() const {
    return state_->requirement;
}

const std::optional<UsableHeaps>& Consumer::usable() const {
    return state_->usable;
}

const std::vector<HeapTrial>& Consumer::trials() const {
    return state_->trials;
}

Result<Alignment> joined_alignment(std::span<const Consumer> consumers) {
    Result<Alignment> joined;
    for (const Consumer& consumer : consumers) {
        if (joined)
            joined = join(*joined, consumer.requirement().alignment);
    }
    return joined;
}

} // namespace heapsel
