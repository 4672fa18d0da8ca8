// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace heapsel {

/// How many bytes have to be replaced, added or left out to make `b` of `a`.
[[nodiscard]] std::size_t edits(std::string_view a, std::string_view b);

/// The one of `names` with the fewest edits from `text`, a name that contains it counting as one
/// edit away; empty if every one is further away than half the length of `text`. The first of
/// equals.
[[nodiscard]] std::string nearest_name(std::string_view text, std::span<const std::string> names);

/// "Did you mean system? There are: reserved, system.", without the question where no name is near.
/// Printable; `names` are not empty.
[[nodiscard]] std::string suggestion(std::string_view text, std::span<const std::string> names);

} // namespace heapsel
