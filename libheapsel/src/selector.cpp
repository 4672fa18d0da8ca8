// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/selector.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <utility>

#include <heapsel/printable.hpp>

#include "nearest_name.hpp"
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

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : std::string(separator)) + part;
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

/// Empty if every demand is met, and a buffer of `size` bytes could fit.
std::string unmet(const Heap& heap, std::span<const Demand> demands, std::uint64_t size) {
    std::vector<std::string> parts;
    for (const Demand& demand : demands) {
        if (demand.criterion.met_by(heap.property(demand.criterion.trait).answer))
            continue;
        parts.push_back(std::format("{}, while {} is required{}",
                                    answer_of(heap, demand.criterion.trait),
                                    to_string(demand.criterion), by(demand)));
    }
    if (auto part = too_small(heap, size); !part.empty())
        parts.push_back(std::move(part));
    return joined(parts, "; ");
}

std::string merits(const Heap& heap, std::span<const Demand> demands, const Policy& policy) {
    std::vector<std::string> parts;
    if (policy.heap)
        parts.emplace_back("asked for by name");
    for (const Demand& demand : demands)
        parts.push_back(answer_of(heap, demand.criterion.trait) + ", as required" + by(demand));
    for (const Criterion& criterion : policy.prefer) {
        const bool met = criterion.met_by(heap.property(criterion.trait).answer);
        parts.push_back(answer_of(heap, criterion.trait) +
                        (met ? ", as preferred"
                             : std::format(", while {} is preferred", to_string(criterion))));
    }
    if (parts.empty())
        parts.emplace_back("nothing is required, and nothing preferred");
    return joined(parts, "; ");
}

Judgement judge(const Heap& heap, std::span<const Demand> demands, const Policy& policy) {
    const auto judged = [&](Verdict verdict, std::string reason) {
        return Judgement{.heap = heap, .verdict = verdict, .reason = std::move(reason)};
    };
    if (policy.heap && !heap.is_called(*policy.heap))
        return judged(Verdict::unsuitable,
                      std::format("heap {} was asked for", printable(*policy.heap)));
    if (auto reason = unmet(heap, demands, policy.size); !reason.empty())
        return judged(Verdict::unsuitable, std::move(reason));
    if (heap.permission == Permission::denied || heap.permission == Permission::broken)
        return judged(Verdict::unusable, permission_remedy(heap));
    return judged(Verdict::candidate, merits(heap, demands, policy));
}

void order(std::vector<Judgement>& judgements, std::span<const Criterion> prefer) {
    const auto group = [](Verdict verdict) {
        if (verdict == Verdict::candidate)
            return 0;
        return verdict == Verdict::unusable ? 1 : 2;
    };
    std::ranges::stable_sort(judgements, {}, [&](const Judgement& judgement) {
        return std::pair(group(judgement.verdict), rank(judgement.heap, prefer));
    });
    for (std::size_t i = 0; i < judgements.size(); ++i) {
        Judgement& judgement = judgements[i];
        if (judgement.verdict != Verdict::candidate)
            return;
        if (i == 0)
            judgement.verdict = Verdict::chosen;
        else
            judgement.reason += "; " + why_after(rank(judgements[i - 1].heap, prefer),
                                                 rank(judgement.heap, prefer), prefer);
    }
}

Error no_such_heap(const HeapCatalog& catalog, const std::string& name) {
    std::vector<std::string> names;
    for (const Heap& heap : catalog.heaps()) {
        names.push_back(heap.name);
        std::ranges::copy(heap.aliases, std::back_inserter(names));
    }
    const std::string nearest = nearest_name(name, names);
    std::string remedy = nearest.empty() ? "" : "Did you mean " + printable(nearest) + "? ";
    remedy += names.empty() ? "There is no heap at all."
                            : "There are: " + printable(joined(names, ", ")) + ".";
    return {
        .code = ENOENT, .attempted = "find the heap", .subject = name, .remedy = std::move(remedy)};
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
    if (policy.heap && catalog.find(*policy.heap) == nullptr)
        return std::unexpected(no_such_heap(catalog, *policy.heap));
    const auto demands = demands_of(consumers, policy);
    std::vector<Judgement> judgements;
    for (const Heap& heap : catalog.heaps())
        judgements.push_back(judge(heap, demands, policy));
    order(judgements, policy.prefer);
    return Selection(std::move(judgements));
}

} // namespace heapsel
