// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace heapsel {

/// Where in a text of TOML the first character beyond ASCII stands that is neither in a comment nor
/// in a string of one line: no other place needs one, and what toml++ does with some of them there
/// is undefined. In a text that is no TOML, up to where toml++ finds that out.
[[nodiscard]] std::optional<std::size_t> stray_character(std::string_view text);

} // namespace heapsel
