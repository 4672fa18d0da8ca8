// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "c/call.hpp"

namespace heapsel::c_api {

/// The element of a list that C sees by index; null out of range.
template <typename List>
auto* at(const List& list, std::size_t index) {
    return index < list.size() ? &list[index] : nullptr;
}

/// The C enum's value as the C++ enum, which has the same numbers; nothing if it has no such value.
template <typename Value, std::size_t count, typename CEnum>
std::optional<Value> value_of(CEnum number, const std::array<Value, count>& all) {
    for (const Value value : all) {
        if (std::to_underlying(value) == std::to_underlying(number))
            return value;
    }
    return std::nullopt;
}

/// The other way.
template <typename CEnum, typename Value>
CEnum number_of(Value value) {
    return static_cast<CEnum>(std::to_underlying(value));
}

/// Whether C has the same numbers for `all`, in their order.
template <typename Value, std::size_t count, typename CEnum>
constexpr bool are(const std::array<Value, count>& all, const CEnum (&numbers)[count]) {
    return std::ranges::equal(all, numbers, [](Value value, CEnum number) {
        return std::to_underlying(value) == std::to_underlying(number);
    });
}

/// As `value_of`; EINVAL for the argument `name` of `function`.
template <typename Value, std::size_t count, typename CEnum>
Result<Value> checked(CEnum number, const std::array<Value, count>& all, const char* function,
                      const char* name) {
    if (const auto value = value_of(number, all))
        return *value;
    return std::unexpected(bad_argument(
        function, name, std::format("Its enum has no value {}.", std::to_underlying(number))));
}

/// The word that `to_string` has for it, which is a literal; null if there is no such value.
template <typename Value, std::size_t count, typename CEnum>
const char* word_of(CEnum number, const std::array<Value, count>& all) {
    const auto value = value_of(number, all);
    return value ? to_string(*value).data() : nullptr;
}

/// The `count` texts of `texts`. EINVAL for the argument `name` of `function`: one of them is null,
/// or `texts` is and `count` is not 0.
inline Result<std::vector<std::string>> strings(const char* const* texts, std::size_t count,
                                                const char* function, const char* name) {
    std::vector<std::string> list;
    if (texts == nullptr && count > 0)
        return std::unexpected(bad_argument(function, name, "It must not be NULL."));
    for (std::size_t i = 0; i < count; ++i) {
        if (texts[i] == nullptr)
            return std::unexpected(
                bad_argument(function, name, std::format("Its element {} is NULL.", i)));
        list.emplace_back(texts[i]);
    }
    return list;
}

/// The root of a machine's files, which is NULL for this one.
inline const char* root_of(const char* root) {
    return root == nullptr ? "/" : root;
}

} // namespace heapsel::c_api
