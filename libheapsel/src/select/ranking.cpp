// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/ranking.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include <heapsel/printable.hpp>

#include "base/concat.hpp"
#include "select/compatibility.hpp"
#include "select/finding.hpp"

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

/// The traits that somebody asked for, wanted or unwanted.
class Asked {
  public:
    explicit Asked(const Wishes& wishes) {
        add(wishes.policy.require);
        add(wishes.policy.prefer);
        for (const Consumer& consumer : wishes.consumers)
            add(consumer.requirement().criteria);
    }

    [[nodiscard]] bool has(Trait trait) const { return asked_.at(static_cast<std::size_t>(trait)); }

  private:
    void add(std::span<const Criterion> criteria) {
        for (const Criterion& criterion : criteria)
            asked_.at(static_cast<std::size_t>(criterion.trait)) = true;
    }

    std::array<bool, all_traits.size()> asked_{};
};

// What the memory of `system` is like, of which there is the most.
constexpr std::array ordinary{Criterion{.trait = Trait::contiguous, .wanted = false},
                              Criterion{.trait = Trait::cached, .wanted = true},
                              Criterion{.trait = Trait::protected_memory, .wanted = false}};

std::size_t unasked(const Heap& heap, const Asked& asked) {
    const auto special = std::ranges::count_if(ordinary, [&](const Criterion& criterion) {
        return !asked.has(criterion.trait) &&
               !criterion.met_by(heap.property(criterion.trait).answer);
    });
    return static_cast<std::size_t>(special) + (heap.size ? 1 : 0);
}

Rank rank(const Heap& heap, const Distinct& distinct, std::span<const Criterion> prefer,
          std::span<const std::size_t> places, const Asked& asked) {
    constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();
    Rank rank{.missed = 0,
              .unknown_count = 0,
              .places = places,
              .unasked = unasked(heap, asked),
              .shortage = unlimited - heap.size.value_or(unlimited)};
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
    if (const auto order = std::lexicographical_compare_three_way(a.places.begin(), a.places.end(),
                                                                  b.places.begin(), b.places.end());
        order != 0)
        return order;
    if (const auto order = a.unasked <=> b.unasked; order != 0)
        return order;
    return a.shortage <=> b.shortage;
}

Ranking::Ranking(std::span<const Judgement> judgements, const Wishes& wishes) {
    const std::vector<Criterion>& prefer = wishes.policy.prefer;
    const auto consumers = wishes.consumers;
    const Distinct distinct(prefer);
    const Asked asked(wishes);
    places_.reserve(judgements.size() * consumers.size());
    ranks_.reserve(judgements.size());
    for (const Judgement& judgement : judgements) {
        for (const Consumer& consumer : consumers)
            places_.push_back(binding_place(consumer, judgement.heap));
        ranks_.push_back(rank(judgement.heap, distinct, prefer,
                              std::span(places_).last(consumers.size()), asked));
    }
}

Finding order_finding(std::string_view name, const Rank& better, const Rank& worse,
                      std::span<const Criterion> prefer) {
    std::string why = "by name";
    if (const auto differing = better.missed ^ worse.missed; differing != 0) {
        const auto first = static_cast<std::size_t>(std::countl_zero(differing));
        why = to_string(Distinct(prefer).all()[first]) + " is preferred";
    } else if (better.unknown_count != worse.unknown_count) {
        why = "less is known of it";
    } else if (!std::ranges::equal(better.places, worse.places)) {
        why = "by what the devices are bound to";
    } else if (better.unasked != worse.unasked) {
        why = "it has more that nobody asked for (contiguous, uncached, protected or a region of "
              "its own), which others may need";
    } else if (better.shortage != worse.shortage) {
        why = "it is smaller";
    }
    const std::string evidence = concat({printable(name), ": ", why});
    return finding("order", "after", {Source::none, evidence}, {}, Weight::noted, true,
                   "comes after " + evidence);
}

} // namespace heapsel
