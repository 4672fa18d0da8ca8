// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/select.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <utility>

#include <heapsel/permission_hint.hpp>
#include <heapsel/printable.hpp>

#include "base/errno_text.hpp"
#include "select/finding.hpp"
#include "select/ranking.hpp"
#include "select/rules.hpp"

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

Finding of_permission(const Heap& heap) {
    return finding(
        "access", std::string(to_string(heap.permission)), {}, {"granted", ""}, Weight::required,
        false,
        std::format("{} does not open ({})", printable(heap.device), errno_text(heap.open_errno)));
}

/// As good as `heap` is by itself: which candidate is chosen depends on the others.
Judgement judged(const Heap& heap, const Wishes& wishes) {
    Judgement judgement;
    judgement.heap = heap;
    judgement.findings = findings_on(heap, wishes);
    if (std::ranges::any_of(judgement.findings, &Finding::keeps_out)) {
        judgement.verdict = Verdict::unsuitable;
    } else if (heap.permission == Permission::denied || heap.permission == Permission::broken) {
        judgement.verdict = Verdict::unusable;
        judgement.findings.push_back(of_permission(heap));
    } else {
        judgement.verdict = Verdict::candidate;
    }
    return judgement;
}

std::string reason_of(const Judgement& judgement) {
    const bool refused = !is_candidate(judgement.verdict);
    std::string reason;
    for (const Finding& finding : judgement.findings) {
        if (finding.text.empty() || (refused && !finding.keeps_out()))
            continue;
        reason += (reason.empty() ? "" : "; ") + finding.text;
    }
    return reason.empty() ? "nothing is required, and nothing preferred" : reason;
}

/// Candidates first, the best before the others. The catalog is sorted by name, so that the last
/// tie is broken by the place there.
std::vector<std::size_t> ranked(std::span<const Judgement> judgements, const Ranking& ranking) {
    std::vector<std::size_t> order(judgements.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const int before = group(judgements[a].verdict) - group(judgements[b].verdict);
        if (before != 0)
            return before < 0;
        const auto rank = ranking.of(a) <=> ranking.of(b);
        return rank != 0 ? rank < 0 : a < b;
    });
    return order;
}

std::vector<Judgement> in_order(std::vector<Judgement> judgements, const Wishes& wishes) {
    const Ranking ranking(judgements, wishes);
    std::vector<Judgement> sorted;
    sorted.reserve(judgements.size());
    const Rank* better = nullptr;
    for (const std::size_t index : ranked(judgements, ranking)) {
        Judgement& judgement = judgements[index];
        const Rank& rank = ranking.of(index);
        if (better == nullptr && judgement.verdict == Verdict::candidate)
            judgement.verdict = Verdict::chosen;
        judgement.reason = reason_of(judgement);
        if (judgement.verdict == Verdict::candidate) {
            judgement.findings.push_back(
                order_finding(sorted.back().heap.name, *better, rank, wishes.policy.prefer));
            judgement.reason += "; " + judgement.findings.back().text;
        }
        better = &rank;
        sorted.push_back(std::move(judgement));
    }
    return sorted;
}

Error not_found(Error error, std::string_view origin) {
    if (!origin.empty())
        error.hint += std::format(" It was asked for in {}.", printable(origin));
    return error;
}

Error no_candidate(int code, std::span<const Judgement> judgements, std::string_view advice) {
    std::string names;
    std::string reasons;
    for (const Judgement& judgement : judgements) {
        names += (names.empty() ? "" : ", ") + judgement.heap.name;
        reasons +=
            std::format("{}{}: {}", reasons.empty() ? "" : " | ", printable(judgement.heap.name),
                        judgement.verdict == Verdict::unusable ? permission_hint(judgement.heap)
                                                               : judgement.reason);
    }
    return {.code = code,
            .operation = "select a heap",
            .subject = std::move(names),
            .hint = reasons + (reasons.empty() || reasons.ends_with('.') ? "" : ".") +
                    (reasons.empty() || advice.empty() ? "" : " ") + std::string(advice)};
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

std::string_view to_string(Weight weight) {
    switch (weight) {
    case Weight::required:
        return "required";
    case Weight::preferred:
        return "preferred";
    case Weight::noted:
        return "noted";
    }
    std::unreachable();
}

Selection::Selection(std::vector<Judgement> judgements, Fallback fallback)
    : judgements_(std::make_shared<const std::vector<Judgement>>(std::move(judgements))),
      fallback_(fallback) {
    const auto end = std::ranges::find_if_not(*judgements_, is_candidate, &Judgement::verdict);
    candidate_count_ = static_cast<std::size_t>(end - judgements_->begin());
}

std::span<const Judgement> Selection::judgements() const {
    return *judgements_;
}

std::span<const Judgement> Selection::candidates() const {
    return judgements().first(candidate_count_);
}

const Judgement* Selection::chosen() const {
    return candidate_count_ > 0 ? &judgements().front() : nullptr;
}

const Heap* Selection::heap() const {
    return candidate_count_ > 0 ? &judgements().front().heap : nullptr;
}

std::span<const std::string> Selection::warnings() const {
    return warnings_ ? std::span<const std::string>(*warnings_) : std::span<const std::string>();
}

Selection Selection::warned(std::vector<std::string> more) const {
    Selection selection = *this;
    if (more.empty())
        return selection;
    std::ranges::copy(warnings(), std::back_inserter(more));
    selection.warnings_ = std::make_shared<const std::vector<std::string>>(std::move(more));
    return selection;
}

Result<Selection> select(const HeapCatalog& catalog, std::span<const Consumer> consumers,
                         const Policy& policy) {
    if (policy.heap) {
        if (auto named = find_heap(catalog, *policy.heap); !named)
            return std::unexpected(not_found(std::move(named.error()), policy.origin.heap));
    }
    const Wishes wishes{.consumers = consumers, .policy = policy};
    std::vector<Judgement> judgements;
    judgements.reserve(catalog.heaps().size() + 1);
    for (const Heap& heap : catalog.heaps())
        judgements.push_back(judged(heap, wishes));
    if (policy.udmabuf && catalog.udmabuf() &&
        !std::ranges::contains(judgements, Verdict::candidate, &Judgement::verdict))
        judgements.push_back(judged(*catalog.udmabuf(), wishes));
    const auto warnings = catalog.warnings();
    return Selection(in_order(std::move(judgements), wishes), policy.fallback)
        .warned({warnings.begin(), warnings.end()});
}

Result<Selection> require_candidate(const Selection& selection) {
    if (selection.heap() != nullptr)
        return selection;
    const auto judgements = selection.judgements();
    if (judgements.empty())
        return std::unexpected(
            no_candidate(ENODEV, judgements,
                         "There is no heap at all: the kernel needs CONFIG_DMABUF_HEAPS_SYSTEM or "
                         "CONFIG_DMABUF_HEAPS_CMA, or their modules loaded."));
    const auto usable_if = [&](Permission permission) {
        return std::ranges::find_if(judgements, [&](const Judgement& judgement) {
            return judgement.verdict == Verdict::unusable &&
                   judgement.heap.permission == permission;
        });
    };
    if (usable_if(Permission::denied) != judgements.end())
        return std::unexpected(no_candidate(EACCES, judgements, ""));
    if (const auto broken = usable_if(Permission::broken); broken != judgements.end())
        return std::unexpected(no_candidate(broken->heap.open_errno, judgements, ""));
    return std::unexpected(no_candidate(
        ENOTSUP, judgements,
        "Drop a requirement, ask for less, or have the device tree, or a file of facts, describe "
        "the memory that serves."));
}

} // namespace heapsel
