// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heapsel {

/// The one of `all` whose word is `text`; nothing if none has it. The words stand in a `switch`, so
/// that a value without one does not compile.
template <typename Enum, std::size_t count>
[[nodiscard]] constexpr std::optional<Enum> value_called(const std::array<Enum, count>& all,
                                                         std::string_view text) {
    const auto found = std::ranges::find(
        all, text, [](Enum value) -> std::string_view { return to_string(value); });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

/// The words of `all`, in their order.
template <typename Enum, std::size_t count>
[[nodiscard]] std::vector<std::string> words_of(const std::array<Enum, count>& all) {
    std::vector<std::string> words;
    for (const Enum value : all)
        words.emplace_back(to_string(value));
    return words;
}

} // namespace heapsel
