// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policies/may_require.hpp"

#include <algorithm>
#include <string_view>

#include "base/nearest_name.hpp"

namespace heapsel {
namespace {

std::string in_small_letters(std::string_view text) {
    std::string small(text);
    for (char& c : small) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return small;
}

bool may_be_require(std::string_view key, const toml::node& value,
                    std::span<const std::string> keys) {
    constexpr std::size_t longest = 80;
    const std::string name = in_small_letters(key.substr(0, longest));
    const std::string nearest = nearest_name(name, keys);
    const bool is_known = std::ranges::contains(keys, name);
    return nearest == "require" || (!is_known && value.is_array() && nearest != "prefer");
}

bool node_may_require(const toml::node& node, std::span<const std::string> keys) {
    if (const toml::array* const list = node.as_array())
        return std::ranges::any_of(
            *list, [&](const toml::node& element) { return node_may_require(element, keys); });
    const toml::table* const table = node.as_table();
    return table != nullptr && heapsel::may_require(*table, keys);
}

} // namespace

bool may_require(const toml::table& file, std::span<const std::string> keys) {
    return std::ranges::any_of(file, [&](const auto& entry) {
        return may_be_require(entry.first.str(), entry.second, keys) ||
               node_may_require(entry.second, keys);
    });
}

} // namespace heapsel
