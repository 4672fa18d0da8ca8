// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/heap_name.h>

#include <array>
#include <vector>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::array all_rules{NameRule::stable,     NameRule::region,     NameRule::implementation,
                               NameRule::properties, NameRule::characters, NameRule::length};

const NameFinding* finding_of(const heapsel_name_findings* findings, std::size_t index) {
    return findings == nullptr ? nullptr : c_api::at(findings->value, index);
}

} // namespace

int heapsel_lint_heap_name(const char* name, heapsel_name_findings** findings,
                           heapsel_error** error) {
    return c_api::make(__func__, error, findings, {{"name", name}, {"findings", findings}},
                       [&]() -> Result<std::vector<NameFinding>> { return lint_heap_name(name); });
}

int heapsel_lint_heap(const heapsel_heap* heap, heapsel_name_findings** findings,
                      heapsel_error** error) {
    return c_api::make(
        __func__, error, findings, {{"heap", heap}, {"findings", findings}},
        [&]() -> Result<std::vector<NameFinding>> { return lint_heap(*c_api::from_c(heap)); });
}

void heapsel_name_findings_free(heapsel_name_findings* findings) {
    delete findings;
}

std::size_t heapsel_name_findings_count(const heapsel_name_findings* findings) {
    return findings == nullptr ? 0 : findings->value.size();
}

heapsel_name_rule heapsel_name_findings_rule(const heapsel_name_findings* findings,
                                             std::size_t index) {
    const NameFinding* const found = finding_of(findings, index);
    return c_api::number_of<heapsel_name_rule>(found == nullptr ? NameRule::stable : found->rule);
}

const char* heapsel_name_findings_problem(const heapsel_name_findings* findings,
                                          std::size_t index) {
    const NameFinding* const found = finding_of(findings, index);
    return found == nullptr ? nullptr : found->problem.c_str();
}

const char* heapsel_name_findings_suggestion(const heapsel_name_findings* findings,
                                             std::size_t index) {
    const NameFinding* const found = finding_of(findings, index);
    return found == nullptr ? nullptr : found->suggestion.c_str();
}

const char* heapsel_name_rule_text(heapsel_name_rule rule) {
    return c_api::word_of(rule, all_rules);
}

const char* heapsel_name_rule_sentence(heapsel_name_rule rule) {
    const auto value = c_api::value_of(rule, all_rules);
    return value ? sentence(*value).data() : nullptr; // a literal
}

static_assert(c_api::are(all_rules,
                         {HEAPSEL_NAME_STABLE, HEAPSEL_NAME_REGION, HEAPSEL_NAME_IMPLEMENTATION,
                          HEAPSEL_NAME_PROPERTIES, HEAPSEL_NAME_CHARACTERS, HEAPSEL_NAME_LENGTH}));
