// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/selector.hpp>

#include <algorithm>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>

#include "joined.hpp"
#include "listing.hpp"
#include "permission_remedy.hpp"
#include "ranking.hpp"

namespace heapsel {
namespace {

/// A requirement, and who has it.
struct Demand {
    Criterion criterion;
    std::string by;
};

std::vector<Demand> demands_of(std::span<const Consumer> consumers, const Policy& policy) {
    std::vector<Demand> demands;
    for (const Criterion& criterion : policy.require)
        demands.push_back({.criterion = criterion, .by = {}});
    for (const Consumer& consumer : consumers) {
        for (const Criterion& criterion : consumer.criteria())
            demands.push_back({.criterion = criterion, .by = printable(consumer.name())});
    }
    return demands;
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

std::string by(const Demand& demand) {
    return demand.by.empty() ? "" : " by " + demand.by;
}

/// Empty if a buffer of the size that is needed could fit, as far as it is known.
std::string too_small(const Heap& heap, std::uint64_t size) {
    if (!heap.size || *heap.size >= size)
        return {};
    return std::format("its memory is {} bytes ({}: {}), while {} are needed", *heap.size,
                       to_string(heap.size_from.source), heap.size_from.evidence, size);
}

/// What the heaps are judged by.
struct Wishes {
    std::vector<Demand> demands;
    std::span<const Consumer> consumers;
    const Policy& policy;
};

/// Empty if every demand is met, every consumer can use the heap as far as it is known, and a
/// buffer of the size that is needed could fit.
std::string unmet(const Heap& heap, const Wishes& wishes) {
    std::vector<std::string> parts;
    for (const Demand& demand : wishes.demands) {
        if (demand.criterion.met_by(heap.property(demand.criterion.trait).answer))
            continue;
        parts.push_back(std::format("{}, while {} is required{}",
                                    answer_of(heap, demand.criterion.trait),
                                    to_string(demand.criterion), by(demand)));
    }
    for (const Consumer& consumer : wishes.consumers) {
        if (auto part = refusal(consumer, heap); !part.empty())
            parts.push_back(std::move(part));
    }
    if (auto part = too_small(heap, wishes.policy.size); !part.empty())
        parts.push_back(std::move(part));
    return joined(parts, "; ");
}

std::string merits(const Heap& heap, const Wishes& wishes) {
    std::vector<std::string> parts;
    if (wishes.policy.heap)
        parts.emplace_back("asked for by name");
    for (const Demand& demand : wishes.demands)
        parts.push_back(answer_of(heap, demand.criterion.trait) + ", as required" + by(demand));
    for (const Consumer& consumer : wishes.consumers) {
        if (auto part = acceptance(consumer, heap); !part.empty())
            parts.push_back(std::move(part));
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

Judgement judge(const Heap& heap, const Wishes& wishes) {
    const Policy& policy = wishes.policy;
    const auto judged = [&](Verdict verdict, std::string reason) {
        return Judgement{.heap = heap, .verdict = verdict, .reason = std::move(reason)};
    };
    if (policy.heap && !heap.is_called(*policy.heap))
        return judged(Verdict::unsuitable,
                      std::format("heap {} was asked for", printable(*policy.heap)));
    if (auto reason = unmet(heap, wishes); !reason.empty())
        return judged(Verdict::unsuitable, std::move(reason));
    if (heap.permission == Permission::denied || heap.permission == Permission::broken)
        return judged(Verdict::unusable, permission_remedy(heap));
    return judged(Verdict::candidate, merits(heap, wishes));
}

void order(std::vector<Judgement>& judgements, const Wishes& wishes) {
    const auto group = [](Verdict verdict) {
        if (verdict == Verdict::candidate)
            return 0;
        return verdict == Verdict::unusable ? 1 : 2;
    };
    const std::span prefer(wishes.policy.prefer);
    const auto rank_of = [&](const Judgement& judgement) {
        return rank(judgement.heap, prefer, wishes.consumers);
    };
    std::ranges::stable_sort(judgements, {}, [&](const Judgement& judgement) {
        return std::pair(group(judgement.verdict), rank_of(judgement));
    });
    for (std::size_t i = 0; i < judgements.size(); ++i) {
        Judgement& judgement = judgements[i];
        if (judgement.verdict != Verdict::candidate)
            return;
        if (i == 0)
            judgement.verdict = Verdict::chosen;
        else
            judgement.reason +=
                "; " + why_after(rank_of(judgements[i - 1]), rank_of(judgement), prefer);
    }
}

} // namespace

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
    case Verdict::chosen:
        return "chosen";
    case Verdict::candidate:
        return "candidate";
    case Verdict::unsuitable:
        return "unsuitable";
    case Verdict::unusable:
        return "unusable";
    }
    std::unreachable();
}

Result<Selection> select(const HeapCatalog& catalog, std::span<const Consumer> consumers,
                         const Policy& policy) {
    if (policy.heap) {
        if (const auto named = find_heap(catalog, *policy.heap); !named)
            return std::unexpected(named.error());
    }
    const Wishes wishes{
        .demands = demands_of(consumers, policy), .consumers = consumers, .policy = policy};
    std::vector<Judgement> judgements;
    for (const Heap& heap : catalog.heaps())
        judgements.push_back(judge(heap, wishes));
    order(judgements, wishes);
    return Selection(std::move(judgements));
}

} // namespace heapsel
