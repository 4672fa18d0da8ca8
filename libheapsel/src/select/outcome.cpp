// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/outcome.hpp"

#include <algorithm>
#include <utility>

#include "select/ranking.hpp"

namespace heapsel {
namespace {

bool is_candidate(Verdict verdict) {
    return verdict == Verdict::chosen || verdict == Verdict::candidate;
}

int group(Verdict verdict) {
    if (is_candidate(verdict))
        return 0;
    return verdict == Verdict::unusable ? 1 : 2;
}

} // namespace

Selection::Outcome::Outcome(const HeapCatalog& catalog, std::span<const Consumer> consumers,
                            Policy policy)
    : catalog_(catalog), consumers_(consumers.begin(), consumers.end()),
      policy_(std::move(policy)) {
    const auto in_catalog = catalog_.heaps();
    order_.reserve(in_catalog.size() + 1);
    for (std::size_t i = 0; i < in_catalog.size(); ++i)
        order_.push_back({.index = i, .verdict = verdict_on(in_catalog[i], wishes())});
    if (policy_.udmabuf && catalog_.udmabuf() &&
        !std::ranges::contains(order_, Verdict::candidate, &Verdicted::verdict)) {
        with_udmabuf_.assign(in_catalog.begin(), in_catalog.end());
        with_udmabuf_.push_back(*catalog_.udmabuf());
        order_.push_back(
            {.index = in_catalog.size(), .verdict = verdict_on(with_udmabuf_.back(), wishes())});
    }
    const Ranking ranking(heaps(), wishes());
    // The catalog is sorted by name, so that the last tie is broken by the place there.
    std::ranges::sort(order_, [&](const Verdicted& a, const Verdicted& b) {
        if (a.verdict != b.verdict)
            return group(a.verdict) < group(b.verdict);
        const auto order = ranking.of(a.index) <=> ranking.of(b.index);
        return order != 0 ? order < 0 : a.index < b.index;
    });
    const auto end = std::ranges::find_if_not(order_, is_candidate, &Verdicted::verdict);
    candidate_count_ = static_cast<std::size_t>(end - order_.begin());
    if (candidate_count_ == 0)
        return;
    order_.front().verdict = Verdict::chosen;
    best_ = &heaps()[order_.front().index];
}

Selection::Outcome::Outcome(std::vector<Judgement> judgements)
    : catalog_({}), judgements_(std::move(judgements)) {
    const auto end = std::ranges::find_if_not(judgements_, is_candidate, &Judgement::verdict);
    candidate_count_ = static_cast<std::size_t>(end - judgements_.begin());
    if (candidate_count_ > 0)
        best_ = &judgements_.front().heap;
}

std::span<const Heap> Selection::Outcome::heaps() const {
    return with_udmabuf_.empty() ? catalog_.heaps() : with_udmabuf_;
}

std::vector<const Heap*> Selection::Outcome::candidates() const {
    std::vector<const Heap*> candidates;
    if (order_.empty()) {
        for (const Judgement& judgement : std::span(judgements_).first(candidate_count_))
            candidates.push_back(&judgement.heap);
        return candidates;
    }
    for (const Verdicted& verdicted : std::span(order_).first(candidate_count_))
        candidates.push_back(&heaps()[verdicted.index]);
    return candidates;
}

std::span<const Judgement> Selection::Outcome::judgements() const {
    std::call_once(explained_, [&] { explain(); });
    return judgements_;
}

void Selection::Outcome::explain() const {
    const Ranking ranking(heaps(), wishes());
    const Rank* better = nullptr;
    judgements_.reserve(order_.size());
    for (const auto& [index, verdict] : order_) {
        std::string reason = reason_for(verdict, heaps()[index], wishes());
        if (verdict == Verdict::candidate)
            reason += "; " + why_after(*better, ranking.of(index), policy_.prefer);
        better = &ranking.of(index);
        judgements_.push_back(
            {.heap = heaps()[index], .verdict = verdict, .reason = std::move(reason)});
    }
}

} // namespace heapsel
