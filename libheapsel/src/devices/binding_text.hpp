// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <heapsel/binding.hpp>

namespace heapsel {

/// The word that stands for the driver's own allocator.
inline constexpr std::string_view driver_word = "driver";

/// Reads the line of a file heaps/ROLE: "[a] [driver] b c", what is bound in brackets and first.
/// Nothing if it is none: a bracket without its other, a bound word behind an unbound one, `driver`
/// before a bound heap, a word twice, nothing in brackets. Pure.
[[nodiscard]] std::optional<Binding> parse_binding(std::string_view line);

/// What to write for it: "a driver". Pure.
[[nodiscard]] std::string text_to_write(const Binding& binding);

} // namespace heapsel
