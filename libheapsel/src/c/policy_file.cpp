// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/policy_file.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/policy_file.hpp>
#include <heapsel/policy_sources.hpp>
#include <heapsel/policy_target.hpp>

#include "base/together.hpp"
#include "c/call.hpp"
#include "c/criteria.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

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

heapsel_policy with_words(Policy&& policy) {
    std::string required = c_api::text_of(policy.require);
    std::string preferred = c_api::text_of(policy.prefer);
    return {.value = std::move(policy),
            .required = std::move(required),
            .preferred = std::move(preferred)};
}

Result<heapsel_policy> load(const std::vector<std::string>& words,
                            const std::filesystem::path& root) {
    const auto targets = targets_called(words, root);
    if (!targets)
        return std::unexpected(targets.error());
    const auto layers = load_policy(PolicySources::of_process(root));
    if (!layers)
        return std::unexpected(together(layers.error()));
    return with_words(layers->policy_for(*targets));
}

Result<heapsel_policy> with_file(Policy policy, const std::filesystem::path& file,
                                 const std::vector<std::string>& words,
                                 const std::filesystem::path& root) {
    const auto targets = targets_called(words, root);
    if (!targets)
        return std::unexpected(targets.error());
    const auto read = read_policy(file);
    if (!read)
        return std::unexpected(together(read.error()));
    apply(*read, *targets, policy);
    return with_words(std::move(policy));
}

} // namespace

int heapsel_policy_load(const char* root, const char* const* words, std::size_t count,
                        heapsel_policy** policy, heapsel_error** error) {
    return c_api::make(__func__, error, policy, {{"policy", policy}}, [&] {
        return c_api::strings(words, count, "heapsel_policy_load", "words")
            .and_then([&](const std::vector<std::string>& list) {
                return load(list, c_api::root_of(root));
            });
    });
}

int heapsel_policy_apply_file(heapsel_policy* policy, const char* file, const char* root,
                              const char* const* words, std::size_t count, heapsel_error** error) {
    constexpr const char* function = "heapsel_policy_apply_file";
    return c_api::call(function, error, {{"policy", policy}, {"file", file}}, [&] {
        return c_api::strings(words, count, function, "words")
            .and_then([&](const std::vector<std::string>& list) {
                return with_file(policy->value, file, list, c_api::root_of(root));
            })
            .transform([&](heapsel_policy&& changed) { *policy = std::move(changed); });
    });
}
