// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ranking.hpp"

#include <format>

#include <heapsel/printable.hpp>

#include "listing.hpp"

namespace heapsel {

Rank rank(const Heap& heap, std::span<const Criterion> prefer,
          std::span<const Consumer> consumers) {
    Rank rank{
        .missed = {}, .unknown_count = 0, .places = places(consumers, heap), .name = heap.name};
    for (const Criterion& criterion : prefer) {
        const Answer answer = heap.property(criterion.trait).answer;
        rank.missed.push_back(!criterion.met_by(answer));
        if (answer == Answer::unknown)
            ++rank.unknown_count;
    }
    return rank;
}

std::string why_after(const Rank& better, const Rank& worse, std::span<const Criterion> prefer) {
    std::string reason = "by name";
    if (better.places != worse.places)
        reason = "by what the devices are bound to";
    if (better.unknown_count != worse.unknown_count)
        reason = "less is known of it";
    for (std::size_t i = prefer.size(); i-- > 0;) {
        if (better.missed[i] != worse.missed[i])
            reason = to_string(prefer[i]) + " is preferred";
    }
    return std::format("comes after {}: {}", printable(better.name), reason);
}

} // namespace heapsel
