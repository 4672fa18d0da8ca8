// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <heapsel/display_device.hpp>
#include <heapsel/error.hpp>
#include <heapsel/plane.hpp>

namespace heapsel {

/// What `CARD[:PLANE[:FORMAT]]` asks for.
struct DisplayArgument {
    std::string device;
    std::optional<std::uint32_t> id;     ///< PLANE as a number.
    std::optional<PlaneType> type;       ///< PLANE as a word.
    std::optional<std::uint32_t> format; ///< DRM_FORMAT_*.
};

/// Reads it. Colons with other words behind them belong to the path, as those of /dev/dri/by-path
/// have them.
[[nodiscard]] DisplayArgument parse_display_argument(std::string_view text);

/// The plane of `device` that is asked for: if none is, the first primary one, or else the first.
/// Valid while `device` lives.
///
/// EINVAL: it does not have that plane; the hint lists those that it has.
[[nodiscard]] Result<const Plane*> plane_of(const DisplayDevice& device,
                                            const DisplayArgument& argument);

/// The format that is asked for: if none is, the first of `wanted` that the plane takes, or else
/// its first.
///
/// EINVAL: none is asked for, and the plane takes none at all.
[[nodiscard]] Result<std::uint32_t> format_of(const Plane& plane, const DisplayArgument& argument,
                                              std::span<const std::uint32_t> wanted);

} // namespace heapsel
