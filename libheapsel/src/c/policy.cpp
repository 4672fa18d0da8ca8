// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/policy.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/policy_sources.hpp>
#include <heapsel/policy_target.hpp>

#include "base/messages.hpp"
#include "base/together.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

/// What is wrong with asking for `criterion` behind `other`, its opposite, in the words of a list.
Error both_ways(const Criterion& other, const Criterion& criterion) {
    return parse_criteria(to_string(other) + "," + to_string(criterion)).error();
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
    policy.value.require = std::move(required);
    return {};
}

Result<void> prefer(heapsel_policy& policy, const char* words) {
    return parse_criteria(words).transform([&](std::vector<Criterion>&& preferred) {
        policy.value.prefer = std::move(preferred);
        policy.value.origin.prefer.clear();
    });
}

Result<std::vector<PolicyTarget>> targets_called(const std::vector<std::string>& words,
                                                 const std::filesystem::path& root) {
    std::vector<PolicyTarget> targets;
    for (const std::string& word : words) {
        auto target = parse_policy_target(word, root);
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
    return heapsel_policy{.value = layers->policy_for(*targets),
                          .warnings = messages_of(layers->warnings)};
}

} // namespace

int heapsel_policy_create(heapsel_policy** policy, heapsel_error** error) {
    return c_api::make(__func__, error, policy, {{"policy", policy}},
                       []() -> Result<Policy> { return {}; });
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

static_assert(c_api::are(all_fallbacks, {HEAPSEL_FALLBACK_SAME_CACHING, HEAPSEL_FALLBACK_ANY,
                                         HEAPSEL_FALLBACK_NONE}));
