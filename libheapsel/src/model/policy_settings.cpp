// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_settings.hpp>

#include <algorithm>

namespace heapsel {
namespace {

void require(const Sourced<Criterion>& criterion, Policy& policy) {
    if (std::ranges::contains(policy.require, criterion.value))
        return;
    policy.origin.require.resize(policy.require.size());
    policy.require.push_back(criterion.value);
    policy.origin.require.push_back(criterion.from);
}

template <typename T, typename Part>
void replace(const std::optional<Sourced<T>>& setting, Part& part, std::string& origin) {
    if (!setting)
        return;
    part = setting->value;
    origin = setting->from;
}

} // namespace

void apply(const PolicySettings& settings, Policy& policy) {
    for (const Sourced<Criterion>& criterion : settings.require)
        require(criterion, policy);
    replace(settings.prefer, policy.prefer, policy.origin.prefer);
    replace(settings.heap, policy.heap, policy.origin.heap);
    replace(settings.size, policy.size, policy.origin.size);
    replace(settings.fallback, policy.fallback, policy.origin.fallback);
    replace(settings.udmabuf, policy.udmabuf, policy.origin.udmabuf);
}

} // namespace heapsel
