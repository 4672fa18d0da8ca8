// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/policy.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/policy_sources.hpp>
#include <heapsel/policy_target.hpp>

#include "c_api/call.hpp"
#include "c_api/criteria.hpp"
#include "c_api/handles.hpp"
#include "c_api/values.hpp"

using namespace heapsel;

namespace {

/// Adds what of `words` is not there yet. Read behind what is there, so that what contradicts it is
/// found.
Result<void> require(heapsel_policy& policy, const char* words) {
    std::string whole = policy.required;
    if (*words != '\0')
        whole += (whole.empty() ? "" : ",") + std::string(words);
    return parse_criteria(whole).transform([&](const std::vector<Criterion>& all) {
        std::vector<Criterion> required = policy.value.require;
        for (const Criterion& criterion : all) {
            if (!std::ranges::contains(required, criterion))
                required.push_back(criterion);
        }
        policy.required = c_api::text_of(required);
        policy.value.require = std::move(required);
    });
}

Result<void> prefer(heapsel_policy& policy, const char* words) {
    return parse_criteria(words).transform([&](std::vector<Criterion>&& preferred) {
        policy.preferred = c_api::text_of(preferred);
        policy.value.prefer = std::move(preferred);
        policy.value.origin.prefer.clear();
    });
}

/// The first one, whose remedy has the others, too.
Error together(const std::vector<Error>& errors) {
    Error all = errors.front();
    for (const Error& other : std::span(errors).subspan(1))
        all.remedy += (all.remedy.empty() ? "Also: " : " Also: ") + other.message();
    return all;
}

Result<std::vector<PolicyTarget>> targets_called(const std::vector<std::string>& words,
                                                 const std::filesystem::path& root) {
    std::vector<PolicyTarget> targets;
    for (const std::string& word : words) {
        auto target = policy_target_called(word, root);
        if (!target)
            return std::unexpected(std::move(target.error()));
        targets.push_back(*std::move(target));
    }
    return targets;
}

Result<heapsel_policy> load(const std::vector<std::string>& words,
                            const std::filesystem::path& root) {
    const auto targets = targets_called(words, root);
    if (!targets)
        return std::unexpected(targets.error());
    const auto layers = load_policy(PolicySources::of_process(root));
    if (!layers)
        return std::unexpected(together(layers.error()));
    heapsel_policy policy{.value = layers->policy_for(*targets), .required = {}, .preferred = {}};
    policy.required = c_api::text_of(policy.value.require);
    policy.preferred = c_api::text_of(policy.value.prefer);
    return policy;
}

} // namespace

int heapsel_policy_create(heapsel_policy** policy, heapsel_error** error) {
    return c_api::make(__func__, error, policy, {{"policy", policy}},
                       []() -> Result<heapsel_policy> { return {}; });
}

int heapsel_policy_load(const char* root, const char* const* words, std::size_t count,
                        heapsel_policy** policy, heapsel_error** error) {
    return c_api::make(__func__, error, policy, {{"policy", policy}}, [&] {
        return c_api::strings(words, count, "heapsel_policy_load", "words")
            .and_then([&](const std::vector<std::string>& list) {
                return load(list, c_api::root_of(root));
            });
    });
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

const char* heapsel_fallback_text(heapsel_fallback fallback) {
    return c_api::word_of(fallback, all_fallbacks);
}

static_assert(c_api::are(all_fallbacks, {HEAPSEL_FALLBACK_SAME_CACHING, HEAPSEL_FALLBACK_ANY,
                                         HEAPSEL_FALLBACK_NONE}));
