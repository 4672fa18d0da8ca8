// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unknown_variables.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/nearest_name.hpp"
#include "policies/policy_variables.hpp"

namespace heapsel::tools {

std::vector<UnknownVariable> unknown_variables(const char* const* environment) {
    constexpr std::string_view prefix = "HEAPSEL_";
    constexpr std::size_t slips = 2;
    const auto known = policy_variables();
    std::vector<UnknownVariable> unknown;
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry(*environment);
        const auto name = entry.substr(0, entry.find('='));
        if (!name.starts_with(prefix) || std::ranges::contains(known, name))
            continue;
        const auto distance = [&](const std::string& other) { return edits(name, other); };
        const std::string& nearest = *std::ranges::min_element(known, {}, distance);
        if (distance(nearest) <= slips)
            unknown.push_back({.name = std::string(name), .nearest = nearest});
    }
    return unknown;
}

} // namespace heapsel::tools
