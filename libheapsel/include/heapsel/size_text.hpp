// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// A number of bytes for a person: "64 MiB", "1.5 GiB", "512 B". At most one decimal, rounded down,
/// so that what is free is never more than what is there.
[[nodiscard]] HEAPSEL_EXPORT std::string size_text(std::uint64_t bytes);

/// Reads a number of bytes as people write it: decimal digits with an optional K, M or G (KiB, MiB,
/// GiB), and nothing else. Nothing if `text` is not that, is 0, or does not fit.
[[nodiscard]] HEAPSEL_EXPORT std::optional<std::uint64_t> parse_size(std::string_view text);

} // namespace heapsel
