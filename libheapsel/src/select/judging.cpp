// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/judging.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/permission_remedy.hpp>
#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "select/listing.hpp"
#include "select/reach.hpp"

namespace heapsel {
namespace {

/// A requirement, and who has it.
struct Demand {
    const Criterion& criterion;
    std::string_view by; ///< Raw; empty: whoever calls.
};

/// Calls `visit` with each requirement, until it returns false.
template <typename Visit>
bool each_demand(const Wishes& wishes, Visit visit) {
    const std::vector<Criterion>& require = wishes.policy.require;
    const std::vector<std::string>& origins = wishes.policy.origin.require;
    for (std::size_t i = 0; i < require.size(); ++i) {
        if (!visit(Demand{.criterion = require[i],
                          .by = i < origins.size() ? std::string_view(origins[i]) : ""}))
            return false;
    }
    for (const Consumer& consumer : wishes.consumers) {
        for (const Criterion& criterion : consumer.requirement().criteria) {
            if (!visit(Demand{.criterion = criterion, .by = consumer.name()}))
                return false;
        }
    }
    return true;
}

std::string by(const Demand& demand) {
    return demand.by.empty() ? "" : " by " + printable(demand.by);
}

/// Where a wish of the policy was written; empty where the caller has it.
std::string in(std::string_view origin) {
    return origin.empty() ? "" : " in " + printable(origin);
}

std::string answer_of(const Heap& heap, Trait trait) {
    const Property& property = heap.property(trait);
    std::string text = std::format("{} is {}", to_string(trait), to_string(property.answer));
    if (property.source != Source::none)
        text += std::format(" ({}: {})", to_string(property.source), property.evidence);
    else if (!property.evidence.empty())
        text += std::format(" ({})", property.evidence);
    return text;
}

std::string too_small(const Heap& heap, const Policy& policy) {
    return std::format("its memory is {} bytes ({}: {}), while {} are needed{}",
                       heap.size.value_or(0), to_string(heap.size_from.source),
                       heap.size_from.evidence, policy.size, in(policy.origin.size));
}

/// Calls `object` with a function that says why, for everything that keeps the heap out, until it
/// returns false: a demand that is not met, a consumer that cannot use the heap, as far as that is
/// known, or does not reach it, or memory that is known to be too small for a buffer.
template <typename Object>
void each_objection(const Heap& heap, const Wishes& wishes, Object object) {
    const bool go_on = each_demand(wishes, [&](const Demand& demand) {
        const Criterion& criterion = demand.criterion;
        return criterion.met_by(heap.property(criterion.trait).answer) || object([&] {
                   return std::format("{}, while {} is required{}",
                                      answer_of(heap, criterion.trait), to_string(criterion),
                                      by(demand));
               });
    });
    if (!go_on)
        return;
    const auto size = wishes.policy.size;
    for (const Consumer& consumer : wishes.consumers) {
        if (!reaches(consumer.requirement(), heap) &&
            !object([&] { return out_of_reach(consumer, heap); }))
            return;
        if (!aligns(consumer.requirement(), heap, size) &&
            !object([&] { return misaligned(consumer, heap, size); }))
            return;
        if (standing_with(consumer, heap).refused &&
            !object([&] { return refusal(consumer, heap); }))
            return;
    }
    if (heap.size.value_or(size) < size)
        object([&] { return too_small(heap, wishes.policy); });
}

bool serves(const Heap& heap, const Wishes& wishes) {
    bool serving = true;
    each_objection(heap, wishes, [&](const auto&) { return serving = false; });
    return serving;
}

std::string unmet(const Heap& heap, const Wishes& wishes) {
    std::vector<std::string> parts;
    each_objection(heap, wishes, [&](const auto& why) {
        parts.push_back(why());
        return true;
    });
    return joined(parts, "; ");
}

std::string merits(const Heap& heap, const Wishes& wishes) {
    std::vector<std::string> parts;
    if (heap.exporter == Exporter::udmabuf)
        parts.emplace_back("no heap, but system memory through /dev/udmabuf, as no heap serves");
    if (wishes.policy.heap)
        parts.push_back("asked for by name" + in(wishes.policy.origin.heap));
    each_demand(wishes, [&](const Demand& demand) {
        parts.push_back(answer_of(heap, demand.criterion.trait) + ", as required" + by(demand));
        return true;
    });
    for (const Consumer& consumer : wishes.consumers) {
        for (auto part : {within_reach(consumer, heap), acceptance(consumer, heap)}) {
            if (!part.empty())
                parts.push_back(std::move(part));
        }
    }
    for (const Criterion& criterion : wishes.policy.prefer) {
        const bool met = criterion.met_by(heap.property(criterion.trait).answer);
        parts.push_back(answer_of(heap, criterion.trait) +
                        (met ? ", as preferred"
                             : std::format(", while {} is preferred", to_string(criterion))));
    }
    if (parts.empty())
        parts.emplace_back("nothing is required, and nothing preferred");
    return joined(parts, "; ");
}

bool is_another(const Heap& heap, const Policy& policy) {
    return policy.heap && !heap.is_called(*policy.heap);
}

} // namespace

Verdict verdict_on(const Heap& heap, const Wishes& wishes) {
    if (is_another(heap, wishes.policy) || !serves(heap, wishes))
        return Verdict::unsuitable;
    const bool closed =
        heap.permission == Permission::denied || heap.permission == Permission::broken;
    return closed ? Verdict::unusable : Verdict::candidate;
}

std::string reason_for(Verdict verdict, const Heap& heap, const Wishes& wishes) {
    if (verdict == Verdict::unusable)
        return permission_remedy(heap);
    if (verdict != Verdict::unsuitable)
        return merits(heap, wishes);
    if (is_another(heap, wishes.policy))
        return std::format("heap {} was asked for{}", printable(*wishes.policy.heap),
                           in(wishes.policy.origin.heap));
    return unmet(heap, wishes);
}

} // namespace heapsel
