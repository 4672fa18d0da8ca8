// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/plane.hpp>

#include <algorithm>
#include <format>
#include <utility>

#include <heapsel/pixel_format.hpp>

#include "base/words.hpp"

namespace heapsel {

std::string_view to_string(PlaneType type) {
    switch (type) {
    case PlaneType::primary:
        return "primary";
    case PlaneType::overlay:
        return "overlay";
    case PlaneType::cursor:
        return "cursor";
    }
    std::unreachable();
}

std::optional<PlaneType> parse_plane_type(std::string_view text) {
    return value_called(all_plane_types, text);
}

Answer Plane::takes(std::uint32_t format, std::uint64_t modifier) const {
    if (!std::ranges::contains(formats, format))
        return Answer::no;
    if (modifier == no_modifier)
        return Answer::yes;
    if (!modifiers_unknown_because.empty())
        return Answer::unknown;
    const FormatModifier wanted{.format = format, .modifier = modifier};
    return std::ranges::contains(modifiers, wanted) ? Answer::yes : Answer::no;
}

std::string Plane::name() const {
    return std::format("{} {}", type ? to_string(*type) : "plane", id);
}

} // namespace heapsel
