// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "c/call.hpp"
#include "c/handles.hpp"

namespace heapsel::c_api {

inline constexpr std::array all_answers{Answer::no, Answer::yes, Answer::unknown};
inline constexpr std::array all_accesses{Access::read, Access::write, Access::read_write};
inline constexpr std::array all_copy_ways{CopyWay::direct, CopyWay::one_copy, CopyWay::mapping};
inline constexpr std::array all_fences{Fences::unknown, Fences::signalled};

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
    return std::unexpected(
        bad_argument(function, name,
                     std::format("Its enum has no value {}: give one that the header names.",
                                 std::to_underlying(number))));
}

/// The word that `to_string` has for it, which is a literal; null if there is no such value.
template <typename Value, std::size_t count, typename CEnum>
const char* word_of(CEnum number, const std::array<Value, count>& all) {
    const auto value = value_of(number, all);
    return value ? to_string(*value).data() : nullptr;
}

/// EINVAL for the argument `name` of `function`: one of the `count` elements of `list` is null, or
/// `list` is and `count` is not 0.
template <typename Object>
Result<void> no_null(Object* const* list, std::size_t count, const char* function,
                     const char* name) {
    if (list == nullptr && count > 0)
        return std::unexpected(bad_argument(function, name, "It must not be NULL."));
    for (std::size_t i = 0; i < count; ++i) {
        if (list[i] == nullptr)
            return std::unexpected(
                bad_argument(function, name, std::format("Its element {} is NULL.", i)));
    }
    return {};
}

/// The `count` texts of `texts`, or as of `no_null`.
inline Result<std::vector<std::string>> strings(const char* const* texts, std::size_t count,
                                                const char* function, const char* name) {
    return no_null(texts, count, function, name).transform([&] {
        return std::vector<std::string>(texts, texts + count);
    });
}

/// The `count` consumers of the argument `consumers` of `function`, or as of `no_null`.
inline Result<std::vector<Consumer>> consumers_of(heapsel_consumer* const* consumers,
                                                  std::size_t count, const char* function) {
    return no_null(consumers, count, function, "consumers").transform([&] {
        std::vector<Consumer> list;
        for (const heapsel_consumer* const one : std::span(consumers, count))
            list.push_back(one->value);
        return list;
    });
}

/// Writes `value` where C wants it.
template <typename Number>
void put(Number* place, Number value) {
    if (place != nullptr)
        *place = value;
}

/// EBUSY: the bracket of `subject` is open.
inline Error begun_already(std::string subject) {
    return {.code = EBUSY,
            .operation = "begin CPU access",
            .subject = std::move(subject),
            .hint = "It has begun already: end it before the next one."};
}

/// EPERM: it is not.
inline Error not_begun(std::string subject) {
    return {.code = EPERM,
            .operation = "end CPU access",
            .subject = std::move(subject),
            .hint = "It has not begun: begin it first."};
}

/// The root of a machine's files, which is NULL for this one.
inline const char* root_of(const char* root) {
    return root == nullptr ? "/" : root;
}

} // namespace heapsel::c_api
