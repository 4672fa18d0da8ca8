// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/export.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

enum class PlaneType : std::uint8_t { primary, overlay, cursor };
inline constexpr std::array all_plane_types{PlaneType::primary, PlaneType::overlay,
                                            PlaneType::cursor};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(PlaneType type);
/// Nothing if `text` is none of the words that `to_string` gives.
[[nodiscard]] HEAPSEL_EXPORT std::optional<PlaneType> parse_plane_type(std::string_view text);

/// A format in one of the layouts that a plane takes it in.
struct FormatModifier {
    std::uint32_t format = 0;   ///< DRM_FORMAT_*.
    std::uint64_t modifier = 0; ///< DRM_FORMAT_MOD_*.
    friend bool operator==(const FormatModifier&, const FormatModifier&) = default;
};

/// A plane of a display, as its driver describes it. A value.
struct HEAPSEL_EXPORT Plane {
    std::uint32_t id = 0;                  ///< The number of the object.
    std::optional<PlaneType> type;         ///< Absent where the driver does not say.
    std::vector<std::uint32_t> formats;    ///< In the driver's order.
    std::vector<FormatModifier> modifiers; ///< Of its IN_FORMATS.
    std::string modifiers_unknown_because; ///< Empty where they are known.

    /// Whether it takes `format` with `modifier`, or, with `no_modifier`, in some layout.
    [[nodiscard]] Answer takes(std::uint32_t format, std::uint64_t modifier) const;
    /// "primary 31", or "plane 31" where the type is not known.
    [[nodiscard]] std::string name() const;
};

} // namespace heapsel
