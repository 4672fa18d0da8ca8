// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/policy.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "c/call.hpp"
#include "c/criteria.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::array<const char*, 6> settings{"require", "prefer",   "heap",
                                              "size",    "fallback", "udmabuf"};

/// Of all but the requirements, which have one each.
constexpr std::array<std::string PolicyOrigin::*, 5> origins{
    &PolicyOrigin::prefer, &PolicyOrigin::heap, &PolicyOrigin::size, &PolicyOrigin::fallback,
    &PolicyOrigin::udmabuf};

/// Null if there is no such requirement.
const char* origin_of_requirement(const Policy& policy, std::size_t index) {
    if (index >= policy.require.size())
        return nullptr;
    const std::string* const origin = c_api::at(policy.origin.require, index);
    return origin == nullptr ? "" : origin->c_str();
}

/// What is wrong with asking for `criterion` behind `other`, its opposite, in the words of a list.
Error both_ways(const Criterion& other, const Criterion& criterion) {
    return parse_criteria(c_api::text_of(std::array{other, criterion})).error();
}

/// Adds what of `words` is not there yet. That files contradict each other is for the selection to
/// say, which then finds nothing.
Result<void> require(heapsel_policy& policy, const char* words) {
    auto added = parse_criteria(words);
    if (!added)
        return std::unexpected(std::move(added.error()));
    std::vector<Criterion> required = policy.value.require;
    for (const Criterion& criterion : *added) {
        if (std::ranges::contains(required, criterion))
            continue;
        const auto other = std::ranges::find(required, criterion.trait, &Criterion::trait);
        if (other != required.end())
            return std::unexpected(both_ways(*other, criterion));
        required.push_back(criterion);
    }
    policy.required = c_api::text_of(required);
    policy.value.require = std::move(required);
    return {};
}

Result<void> prefer(heapsel_policy& policy, const char* words) {
    return parse_criteria(words).transform([&](std::vector<Criterion>&& preferred) {
        policy.preferred = c_api::text_of(preferred);
        policy.value.prefer = std::move(preferred);
        policy.value.origin.prefer.clear();
    });
}

} // namespace

int heapsel_policy_create(heapsel_policy** policy, heapsel_error** error) {
    return c_api::make(__func__, error, policy, {{"policy", policy}},
                       []() -> Result<heapsel_policy> { return {}; });
}

void heapsel_policy_free(heapsel_policy* policy) {
    delete policy;
}

int heapsel_policy_require(heapsel_policy* policy, const char* words, heapsel_error** error) {
    return c_api::call(__func__, error, {{"policy", policy}, {"words", words}},
                       [&] { return require(*policy, words); });
}

int heapsel_policy_prefer(heapsel_policy* policy, const char* words, heapsel_error** error) {
    return c_api::call(__func__, error, {{"policy", policy}, {"words", words}},
                       [&] { return prefer(*policy, words); });
}

int heapsel_policy_set_heap(heapsel_policy* policy, const char* heap, heapsel_error** error) {
    return c_api::call(__func__, error, {{"policy", policy}}, [&]() -> Result<void> {
        policy->value.heap =
            heap == nullptr ? std::optional<std::string>() : std::optional<std::string>(heap);
        policy->value.origin.heap.clear();
        return {};
    });
}

int heapsel_policy_set_size(heapsel_policy* policy, std::uint64_t size, heapsel_error** error) {
    return c_api::call(__func__, error, {{"policy", policy}}, [&]() -> Result<void> {
        policy->value.size = size;
        policy->value.origin.size.clear();
        return {};
    });
}

int heapsel_policy_set_fallback(heapsel_policy* policy, heapsel_fallback fallback,
                                heapsel_error** error) {
    return c_api::call(__func__, error, {{"policy", policy}}, [&] {
        return c_api::checked(fallback, all_fallbacks, "heapsel_policy_set_fallback", "fallback")
            .transform([&](Fallback value) {
                policy->value.fallback = value;
                policy->value.origin.fallback.clear();
            });
    });
}

int heapsel_policy_set_udmabuf(heapsel_policy* policy, bool allowed, heapsel_error** error) {
    return c_api::call(__func__, error, {{"policy", policy}}, [&]() -> Result<void> {
        policy->value.udmabuf = allowed;
        policy->value.origin.udmabuf.clear();
        return {};
    });
}

const char* heapsel_policy_required(const heapsel_policy* policy) {
    return policy == nullptr ? nullptr : policy->required.c_str();
}

const char* heapsel_policy_preferred(const heapsel_policy* policy) {
    return policy == nullptr ? nullptr : policy->preferred.c_str();
}

const char* heapsel_policy_heap(const heapsel_policy* policy) {
    const bool named = policy != nullptr && policy->value.heap;
    return named ? policy->value.heap->c_str() : nullptr;
}

std::uint64_t heapsel_policy_size(const heapsel_policy* policy) {
    return policy == nullptr ? 0 : policy->value.size;
}

heapsel_fallback heapsel_policy_fallback(const heapsel_policy* policy) {
    return c_api::number_of<heapsel_fallback>(policy == nullptr ? Fallback::same_caching
                                                                : policy->value.fallback);
}

bool heapsel_policy_udmabuf(const heapsel_policy* policy) {
    return policy != nullptr && policy->value.udmabuf;
}

const char* heapsel_policy_origin(const heapsel_policy* policy, heapsel_setting setting,
                                  std::size_t index) {
    if (policy == nullptr)
        return nullptr;
    if (setting == HEAPSEL_SETTING_REQUIRE)
        return origin_of_requirement(policy->value, index);
    const auto* const origin =
        c_api::at(origins, static_cast<std::size_t>(std::to_underlying(setting)) - 1);
    return origin == nullptr || index != 0 ? nullptr : (policy->value.origin.**origin).c_str();
}

const char* heapsel_fallback_text(heapsel_fallback fallback) {
    return c_api::word_of(fallback, all_fallbacks);
}

const char* heapsel_setting_text(heapsel_setting setting) {
    const auto* const word =
        c_api::at(settings, static_cast<std::size_t>(std::to_underlying(setting)));
    return word == nullptr ? nullptr : *word;
}

static_assert(c_api::are(all_fallbacks, {HEAPSEL_FALLBACK_SAME_CACHING, HEAPSEL_FALLBACK_ANY,
                                         HEAPSEL_FALLBACK_NONE}));
