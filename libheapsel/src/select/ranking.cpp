// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/ranking.hpp"

#include <algorithm>
#include <bit>
#include <format>

#include <heapsel/printable.hpp>

#include "select/listing.hpp"

namespace heapsel {
namespace {

// Each trait wanted and unwanted: a criterion that comes again tells no heaps apart any more.
constexpr std::size_t max_distinct = 2 * all_traits.size();
static_assert(max_distinct <= 32);

/// Those of `prefer` that can tell heaps apart, in order.
class Distinct {
  public:
    explicit Distinct(std::span<const Criterion> prefer) {
        for (const Criterion& criterion : prefer) {
            if (!std::ranges::contains(all(), criterion))
                criteria_.at(count_++) = criterion;
        }
    }

    [[nodiscard]] std::span<const Criterion> all() const {
        return std::span(criteria_).first(count_);
    }

  private:
    std::array<Criterion, max_distinct> criteria_{};
    std::size_t count_ = 0;
};

constexpr std::uint32_t bit_of(std::size_t preference) {
    return std::uint32_t{1} << (31 - preference);
}

Rank rank(const Heap& heap, const Distinct& distinct, std::span<const Criterion> prefer,
          std::span<const std::size_t> places) {
    Rank rank{.missed = 0, .unknown_count = 0, .places = places, .name = heap.name};
    for (std::size_t i = 0; const Criterion& criterion : distinct.all()) {
        if (!criterion.met_by(heap.property(criterion.trait).answer))
            rank.missed |= bit_of(i);
        ++i;
    }
    for (const Criterion& criterion : prefer) {
        if (heap.property(criterion.trait).answer == Answer::unknown)
            ++rank.unknown_count;
    }
    return rank;
}

} // namespace

std::strong_ordering operator<=>(const Rank& a, const Rank& b) {
    if (const auto order = a.missed <=> b.missed; order != 0)
        return order;
    if (const auto order = a.unknown_count <=> b.unknown_count; order != 0)
        return order;
    return std::lexicographical_compare_three_way(a.places.begin(), a.places.end(),
                                                  b.places.begin(), b.places.end());
}

Ranking::Ranking(std::span<const Heap> heaps, std::span<const Criterion> prefer,
                 std::span<const Consumer> consumers) {
    const Distinct distinct(prefer);
    places_.reserve(heaps.size() * consumers.size());
    ranks_.reserve(heaps.size());
    for (const Heap& heap : heaps) {
        for (const Consumer& consumer : consumers)
            places_.push_back(standing_with(consumer, heap).place);
        ranks_.push_back(rank(heap, distinct, prefer, std::span(places_).last(consumers.size())));
    }
}

std::string why_after(const Rank& better, const Rank& worse, std::span<const Criterion> prefer) {
    std::string reason = "by name";
    if (const auto differing = better.missed ^ worse.missed; differing != 0) {
        const auto first = static_cast<std::size_t>(std::countl_zero(differing));
        reason = to_string(Distinct(prefer).all()[first]) + " is preferred";
    } else if (better.unknown_count != worse.unknown_count) {
        reason = "less is known of it";
    } else if (!std::ranges::equal(better.places, worse.places)) {
        reason = "by what the devices are bound to";
    }
    return std::format("comes after {}: {}", printable(better.name), reason);
}

} // namespace heapsel
