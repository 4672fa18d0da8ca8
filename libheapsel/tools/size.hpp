// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace heapsel::tools {

/// Reads decimal digits with an optional K, M or G (KiB, MiB, GiB), and nothing else. Nothing if
/// `text` is not that, is 0, or does not fit.
[[nodiscard]] std::optional<std::size_t> parse_size(std::string_view text);

} // namespace heapsel::tools
