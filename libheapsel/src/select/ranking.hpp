// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <heapsel/select.hpp>
#include <heapsel/trait.hpp>

#include "select/rules.hpp"

namespace heapsel {

/// How well a heap fits a list of preferences, what the consumers are bound to, and how little is
/// given away that nobody asked for; the least is the best, and equal ones go by name. Points into
/// the `Ranking` that gave it.
struct Rank {
    std::uint32_t missed = 0;            ///< A bit for each preference, the first the highest.
    std::size_t unknown_count = 0;       ///< Among the traits of the preferences.
    std::span<const std::size_t> places; ///< For each consumer, as `binding_place` gives it.
    /// Of what makes memory scarce or slow: to be contiguous, uncached, protected, or a region of
    /// its own. Only what nobody asked for, and what is not known to be absent.
    std::size_t unasked = 0;
    std::uint64_t shortage = 0; ///< How much smaller the heap is than the largest that can be.

    friend std::strong_ordering operator<=>(const Rank& a, const Rank& b);
};

/// The ranks of the heaps of judgements. Borrows what it is made of.
class Ranking {
  public:
    Ranking(std::span<const Judgement> judgements, const Wishes& wishes);
    // The ranks point into what it holds.
    Ranking(const Ranking&) = delete;
    Ranking& operator=(const Ranking&) = delete;
    ~Ranking() = default;

    /// Of the heap at `index`.
    [[nodiscard]] const Rank& of(std::size_t index) const { return ranks_[index]; }

  private:
    std::vector<std::size_t> places_; ///< For each heap one of each consumer.
    std::vector<Rank> ranks_;
};

/// Why `worse` comes after `better`, the rank of the heap called `name`: "comes after system:
/// non-ecc is preferred".
[[nodiscard]] Finding order_finding(std::string_view name, const Rank& better, const Rank& worse,
                                    std::span<const Criterion> prefer);

} // namespace heapsel
