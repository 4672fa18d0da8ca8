// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/selector.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>

#include "select/outcome.hpp"

namespace heapsel {
namespace {

Error no_candidate(int code, std::span<const Judgement> judgements, std::string_view advice) {
    std::string names;
    std::string reasons;
    for (const Judgement& judgement : judgements) {
        const std::string name = printable(judgement.heap.name);
        names += (names.empty() ? "" : ", ") + judgement.heap.name;
        reasons += std::format("{}{}: {}", reasons.empty() ? "" : " | ", name, judgement.reason);
    }
    return {.code = code,
            .attempted = "select a heap",
            .subject = std::move(names),
            .remedy = reasons + (reasons.empty() || reasons.ends_with('.') ? "" : ".") +
                      (reasons.empty() || advice.empty() ? "" : " ") + std::string(advice)};
}

} // namespace

Selection::Selection(std::vector<Judgement> judgements)
    : outcome_(std::make_shared<const Outcome>(std::move(judgements))) {}

Selection::Selection(const HeapCatalog& catalog, std::span<const Consumer> consumers,
                     const Policy& policy)
    : outcome_(std::make_shared<const Outcome>(catalog, consumers, policy)) {}

std::span<const Judgement> Selection::judgements() const {
    return outcome_->judgements();
}

std::span<const Judgement> Selection::candidates() const {
    return judgements().first(outcome_->candidate_count());
}

const Judgement* Selection::chosen() const {
    return outcome_->candidate_count() > 0 ? &judgements().front() : nullptr;
}

std::vector<const Heap*> Selection::heaps() const {
    return outcome_->candidates();
}

Fallback Selection::fallback() const {
    return outcome_->fallback();
}

const Heap* Selection::heap() const {
    return outcome_->best();
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
