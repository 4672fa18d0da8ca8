// SPDX-License-Identifier: LGPL-2.1-or-later
#include "outcome.hpp"

#include <algorithm>
#include <utility>

#include "ranking.hpp"

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

Selection::Outcome::Outcome(HeapCatalog catalog, std::span<const Consumer> consumers,
                            const Policy& policy)
    : catalog_(std::move(catalog)), consumers_(consumers.begin(), consumers.end()),
      policy_(policy) {
    const auto heaps = catalog_.heaps();
    order_.reserve(heaps.size());
    for (std::size_t i = 0; i < heaps.size(); ++i)
        order_.push_back({.index = i, .verdict = verdict_on(heaps[i], wishes())});
    const Ranking ranking(heaps, policy_.prefer, consumers_);
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
    best_ = &heaps[order_.front().index];
}

Selection::Outcome::Outcome(std::vector<Judgement> judgements)
    : catalog_({}), judgements_(std::move(judgements)) {
    const auto end = std::ranges::find_if_not(judgements_, is_candidate, &Judgement::verdict);
    candidate_count_ = static_cast<std::size_t>(end - judgements_.begin());
    if (candidate_count_ > 0)
        best_ = &judgements_.front().heap;
}

std::span<const Judgement> Selection::Outcome::judgements() const {
    std::call_once(explained_, [&] { explain(); });
    return judgements_;
}

void Selection::Outcome::explain() const {
    const auto heaps = catalog_.heaps();
    const Ranking ranking(heaps, policy_.prefer, consumers_);
    const Rank* better = nullptr;
    judgements_.reserve(order_.size());
    for (const auto& [index, verdict] : order_) {
        std::string reason = reason_for(verdict, heaps[index], wishes());
        if (verdict == Verdict::candidate)
            reason += "; " + why_after(*better, ranking.of(index), policy_.prefer);
        better = &ranking.of(index);
        judgements_.push_back(
            {.heap = heaps[index], .verdict = verdict, .reason = std::move(reason)});
    }
}

} // namespace heapsel
