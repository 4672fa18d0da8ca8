// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/selection.h>

#include <array>
#include <string>
#include <vector>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::array all_verdicts{Verdict::chosen, Verdict::candidate, Verdict::unsuitable,
                                  Verdict::unusable};

const Judgement* judgement_of(const heapsel_selection* selection, std::size_t index) {
    return selection == nullptr ? nullptr : c_api::at(selection->value.judgements(), index);
}

Result<Selection> selected(const heapsel_catalog& catalog, const std::vector<Consumer>& consumers,
                           const heapsel_policy* policy) {
    if (policy == nullptr)
        return select(catalog.value, consumers, {});
    return select(catalog.value, consumers, policy->value).transform([&](const Selection& made) {
        return made.warned(policy->warnings);
    });
}

} // namespace

int heapsel_select(const heapsel_catalog* catalog, heapsel_consumer* const* consumers,
                   std::size_t count, const heapsel_policy* policy, heapsel_selection** selection,
                   heapsel_error** error) {
    return c_api::make(__func__, error, selection, {{"catalog", catalog}, {"selection", selection}},
                       [&] {
                           return c_api::consumers_of(consumers, count, "heapsel_select")
                               .and_then([&](const std::vector<Consumer>& list) {
                                   return selected(*catalog, list, policy);
                               });
                       });
}

void heapsel_selection_free(heapsel_selection* selection) {
    delete selection;
}

int heapsel_selection_require_candidate(const heapsel_selection* selection, heapsel_error** error) {
    return c_api::call(__func__, error, {{"selection", selection}}, [&] {
        return require_candidate(selection->value).transform([](const Selection&) {});
    });
}

std::size_t heapsel_selection_count(const heapsel_selection* selection) {
    return selection == nullptr ? 0 : selection->value.judgements().size();
}

std::size_t heapsel_selection_candidate_count(const heapsel_selection* selection) {
    return selection == nullptr ? 0 : selection->value.candidates().size();
}

const heapsel_heap* heapsel_selection_heap(const heapsel_selection* selection, std::size_t index) {
    const Judgement* const judgement = judgement_of(selection, index);
    return judgement == nullptr ? nullptr : c_api::to_c(&judgement->heap);
}

heapsel_verdict heapsel_selection_verdict(const heapsel_selection* selection, std::size_t index) {
    const Judgement* const judgement = judgement_of(selection, index);
    return c_api::number_of<heapsel_verdict>(judgement == nullptr ? Verdict::unsuitable
                                                                  : judgement->verdict);
}

const char* heapsel_selection_reason(const heapsel_selection* selection, std::size_t index) {
    const Judgement* const judgement = judgement_of(selection, index);
    return judgement == nullptr ? nullptr : judgement->reason.c_str();
}

const char* heapsel_selection_warning(const heapsel_selection* selection, std::size_t index) {
    if (selection == nullptr)
        return nullptr;
    const std::string* const warning = c_api::at(selection->value.warnings(), index);
    return warning == nullptr ? nullptr : warning->c_str();
}

const char* heapsel_verdict_text(heapsel_verdict verdict) {
    return c_api::word_of(verdict, all_verdicts);
}

static_assert(c_api::are(all_verdicts, {HEAPSEL_VERDICT_CHOSEN, HEAPSEL_VERDICT_CANDIDATE,
                                        HEAPSEL_VERDICT_UNSUITABLE, HEAPSEL_VERDICT_UNUSABLE}));
