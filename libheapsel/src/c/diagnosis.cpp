// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/diagnosis.h>

#include <array>
#include <string>
#include <vector>

#include "c/call.hpp"
#include "c/consumers.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::array all_conditions{Condition::ok, Condition::problem, Condition::unknown};

const Check* check_of(const heapsel_diagnosis* diagnosis, std::size_t index) {
    return diagnosis == nullptr ? nullptr : c_api::at(diagnosis->value, index);
}

} // namespace

int heapsel_diagnose(const char* root, const heapsel_consumer* const* consumers, std::size_t count,
                     const heapsel_policy* policy, std::uint64_t buffers,
                     heapsel_diagnosis** diagnosis, heapsel_error** error) {
    constexpr const char* function = "heapsel_diagnose";
    return c_api::make(function, error, diagnosis, {{"diagnosis", diagnosis}},
                       [&]() -> Result<std::vector<Check>> {
                           if (buffers == 0)
                               return std::unexpected(c_api::bad_argument(function, "buffers",
                                                                          "Ask for one at least."));
                           auto list = c_api::values_of(consumers, count, function);
                           if (!list)
                               return std::unexpected(std::move(list.error()));
                           return diagnose({.policy = policy == nullptr ? Policy{} : policy->value,
                                            .count = buffers,
                                            .consumers = *std::move(list)},
                                           c_api::root_of(root));
                       });
}

void heapsel_diagnosis_free(heapsel_diagnosis* diagnosis) {
    delete diagnosis;
}

std::size_t heapsel_diagnosis_count(const heapsel_diagnosis* diagnosis) {
    return diagnosis == nullptr ? 0 : diagnosis->value.size();
}

const char* heapsel_diagnosis_subject(const heapsel_diagnosis* diagnosis, std::size_t index) {
    const Check* const check = check_of(diagnosis, index);
    return check == nullptr ? nullptr : check->subject.c_str();
}

heapsel_condition heapsel_diagnosis_condition(const heapsel_diagnosis* diagnosis,
                                              std::size_t index) {
    const Check* const check = check_of(diagnosis, index);
    return c_api::number_of<heapsel_condition>(check == nullptr ? Condition::unknown
                                                                : check->condition);
}

const char* heapsel_diagnosis_finding(const heapsel_diagnosis* diagnosis, std::size_t index) {
    const Check* const check = check_of(diagnosis, index);
    return check == nullptr ? nullptr : check->finding.c_str();
}

const char* heapsel_diagnosis_remedy(const heapsel_diagnosis* diagnosis, std::size_t index) {
    const Check* const check = check_of(diagnosis, index);
    return check == nullptr ? nullptr : check->remedy.c_str();
}

std::size_t heapsel_diagnosis_command_count(const heapsel_diagnosis* diagnosis, std::size_t index) {
    const Check* const check = check_of(diagnosis, index);
    return check == nullptr ? 0 : check->commands.size();
}

const char* heapsel_diagnosis_command(const heapsel_diagnosis* diagnosis, std::size_t index,
                                      std::size_t command) {
    const Check* const check = check_of(diagnosis, index);
    const std::string* const found =
        check == nullptr ? nullptr : c_api::at(check->commands, command);
    return found == nullptr ? nullptr : found->c_str();
}

const char* heapsel_condition_text(heapsel_condition condition) {
    return c_api::word_of(condition, all_conditions);
}

static_assert(c_api::are(all_conditions, {HEAPSEL_CONDITION_OK, HEAPSEL_CONDITION_PROBLEM,
                                          HEAPSEL_CONDITION_UNKNOWN}));
