// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// DRM_FORMAT_MOD_INVALID: no modifier is given, and the device takes the layout that it would
/// give a buffer of its own.
inline constexpr std::uint64_t no_modifier = 0x00ff'ffff'ffff'ffff;

/// "NV12", "R8": the characters of a DRM_FORMAT_* code without the blanks at its end. A code that
/// is not made of printable ones is a hexadecimal number.
[[nodiscard]] HEAPSEL_EXPORT std::string format_name(std::uint32_t format);
/// "XR24", or "XR24 with modifier 0x1".
[[nodiscard]] HEAPSEL_EXPORT std::string format_name(std::uint32_t format, std::uint64_t modifier);
/// The code of one to four printable characters, none of them a blank; nothing if `text` is not
/// that. There need not be such a format.
[[nodiscard]] HEAPSEL_EXPORT std::optional<std::uint32_t> parse_format(std::string_view text);

/// The DRM_FORMAT_* of the pictures that V4L2 calls `pixel_format` (V4L2_PIX_FMT_*). Most have one
/// code in both; for the older ones that do not, a table knows.
[[nodiscard]] HEAPSEL_EXPORT std::uint32_t format_of_v4l2(std::uint32_t pixel_format);

} // namespace heapsel
