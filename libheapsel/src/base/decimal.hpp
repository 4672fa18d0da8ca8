// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace heapsel {

/// An unsigned decimal number of 64 bits, where `text` is one and nothing else.
[[nodiscard]] inline std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = std::to_address(text.end());
    const auto parsed = std::from_chars(std::to_address(text.begin()), end, value);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

} // namespace heapsel
