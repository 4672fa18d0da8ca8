// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/display_argument.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>

#include <heapsel/pixel_format.hpp>

namespace heapsel {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const char* const end = std::to_address(text.end());
    const auto parsed = std::from_chars(std::to_address(text.begin()), end, value);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == end;
    return whole ? std::optional(value) : std::nullopt;
}

/// The argument with PLANE, if what stands behind the last colon is one.
std::optional<DisplayArgument> with_plane(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const std::string_view word = text.substr(colon + 1);
    DisplayArgument argument{.device = std::string(text.substr(0, colon)),
                             .id = number(word),
                             .type = parse_plane_type(word),
                             .format = {}};
    const bool is_plane = argument.id || argument.type;
    return is_plane ? std::optional(std::move(argument)) : std::nullopt;
}

std::string names_of(const DisplayDevice& device) {
    std::string names;
    for (const DisplayPlane& other : device.planes)
        names += (names.empty() ? "" : ", ") + other.plane.name();
    return names;
}

} // namespace

DisplayArgument parse_display_argument(std::string_view text) {
    if (auto argument = with_plane(text))
        return *std::move(argument);
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        const auto format = parse_format(text.substr(colon + 1));
        auto argument = with_plane(text.substr(0, colon));
        if (format && argument) {
            argument->format = format;
            return *std::move(argument);
        }
    }
    return {.device = std::string(text), .id = {}, .type = {}, .format = {}};
}

Result<const Plane*> plane_of(const DisplayDevice& device, const DisplayArgument& argument) {
    const bool any = !argument.id && !argument.type;
    const auto is_it = [&](const DisplayPlane& other) {
        if (argument.id)
            return other.plane.id == *argument.id;
        return other.plane.type == argument.type.value_or(PlaneType::primary);
    };
    const auto found = std::ranges::find_if(device.planes, is_it);
    if (found != device.planes.end())
        return &found->plane;
    if (any && !device.planes.empty())
        return &device.planes.front().plane;
    const std::string there = names_of(device);
    return std::unexpected(
        Error{.code = EINVAL,
              .operation = "find that plane of the display",
              .subject = argument.device,
              .hint = there.empty() ? "It has no plane." : "It has: " + there + "."});
}

Result<std::uint32_t> format_of(const Plane& plane, const DisplayArgument& argument,
                                std::span<const std::uint32_t> wanted) {
    if (argument.format)
        return *argument.format;
    for (const std::uint32_t format : wanted) {
        if (plane.takes(format, no_modifier) == Answer::yes)
            return format;
    }
    if (plane.formats.empty())
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "find a format",
                                     .subject = plane.name(),
                                     .hint = "The plane takes none at all."});
    return plane.formats.front();
}

} // namespace heapsel
