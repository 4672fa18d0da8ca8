// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <heapsel/binding.hpp>

namespace heapsel {

/// The word that stands for the driver's own allocator.
inline constexpr std::string_view driver_word = "driver";
/// The word behind a list that is longer than the file has room for.
inline constexpr std::string_view more_word = "...";

/// Reads the line of a file heaps/USE: "[a] [driver] b c", what is bound in brackets and first, and
/// "..." at the end of one that was cut. Nothing if it is none: a bracket without its other, a
/// bound word behind an unbound one, `driver` before a bound heap, a word twice, a word behind
/// "...", nothing in brackets. Pure.
[[nodiscard]] std::optional<Binding> parse_binding(std::string_view line);

/// What to write for it: "a driver". Pure.
[[nodiscard]] std::string text_to_write(const Binding& binding);

} // namespace heapsel
