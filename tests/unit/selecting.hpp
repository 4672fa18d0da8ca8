// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <heapsel/select.hpp>

namespace heapsel::test {

inline constexpr Criterion contiguous{.trait = Trait::contiguous, .wanted = true};
inline constexpr Criterion cached{.trait = Trait::cached, .wanted = true};
inline constexpr Criterion non_ecc{.trait = Trait::ecc, .wanted = false};

inline Policy policy(std::vector<Criterion> require, std::vector<Criterion> prefer = {}) {
    return {.require = std::move(require), .prefer = std::move(prefer), .heap = {}};
}

using Order = std::vector<std::string>;

/// The names of all heaps, as they were judged.
inline Order order(const Selection& selection) {
    Order names;
    for (const Judgement& judgement : selection.judgements())
        names.push_back(judgement.heap.name);
    return names;
}

} // namespace heapsel::test
