// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string_view>

namespace heapsel {

/// `text` is `pattern`, in which each `*` stands for any text, also for none.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view text);

/// What the `*` stands for in a text that fits; nothing if the pattern has none, or several.
[[nodiscard]] std::optional<std::string_view> star_in(std::string_view pattern,
                                                      std::string_view text);

} // namespace heapsel
