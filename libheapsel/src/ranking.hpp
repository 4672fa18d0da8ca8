// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

/// How well a heap fits a list of preferences, and what the consumers are bound to; the least is
/// the best.
struct Rank {
    std::vector<bool> missed;        ///< One for each preference, in order.
    std::size_t unknown_count = 0;   ///< Among the traits of the preferences.
    std::vector<std::size_t> places; ///< As `places` gives them.
    std::string name;
    auto operator<=>(const Rank&) const = default;
};

[[nodiscard]] Rank rank(const Heap& heap, std::span<const Criterion> prefer,
                        std::span<const Consumer> consumers);

/// Why `worse` comes after `better`: "comes after system: non-ecc is preferred". Pure.
[[nodiscard]] std::string why_after(const Rank& better, const Rank& worse,
                                    std::span<const Criterion> prefer);

} // namespace heapsel
