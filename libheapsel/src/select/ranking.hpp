// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/heap.hpp>
#include <heapsel/trait.hpp>

#include "select/judging.hpp"

namespace heapsel {

/// How well a heap fits a list of preferences, what the consumers are bound to, and how little is
/// given away that nobody asked for; the least is the best, and equal ones go by name. Points into
/// the heap and into the `Ranking` that gave it.
struct Rank {
    std::uint32_t missed = 0;            ///< A bit for each preference, the first the highest.
    std::size_t unknown_count = 0;       ///< Among the traits of the preferences.
    std::span<const std::size_t> places; ///< For each consumer, as `standing_with` gives it.
    /// Of what makes memory scarce or slow: to be contiguous, uncached, protected, or a region of
    /// its own. Only what nobody asked for, and what is not known to be absent.
    std::size_t unasked = 0;
    std::uint64_t shortage = 0; ///< How much smaller the heap is than the largest that can be.
    std::string_view name;

    /// Without the name.
    friend std::strong_ordering operator<=>(const Rank& a, const Rank& b);
};

/// The ranks of heaps. Borrows what it is made of, and cannot be copied: the ranks of a machine's
/// heaps fit into the object itself, and cost no allocation.
class Ranking {
  public:
    Ranking(std::span<const Heap> heaps, const Wishes& wishes);
    Ranking(const Ranking&) = delete;
    Ranking& operator=(const Ranking&) = delete;
    ~Ranking() = default;

    /// Of the heap at `index`.
    [[nodiscard]] const Rank& of(std::size_t index) const { return ranks_[index]; }

  private:
    std::array<std::byte, 4096> room_;
    std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
    std::pmr::vector<std::size_t> places_{&memory_}; ///< For each heap one of each consumer.
    std::pmr::vector<Rank> ranks_{&memory_};
};

/// Why `worse` comes after `better`: "comes after system: non-ecc is preferred".
[[nodiscard]] std::string why_after(const Rank& better, const Rank& worse,
                                    std::span<const Criterion> prefer);

} // namespace heapsel
