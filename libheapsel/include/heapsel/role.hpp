// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// What a device needs memory for. Each role is bound to heaps of its own, or to none.
enum class Role : std::uint8_t {
    frame,     ///< What userspace hands to the device, and takes from it.
    reference, ///< Pictures that only the device sees again.
    metadata   ///< All else that stays in the driver: tables, motion data, compressed pictures.
};
inline constexpr std::array all_roles{Role::frame, Role::reference, Role::metadata};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Role role);
/// Nothing if `text` is none of the words that `to_string` gives.
[[nodiscard]] HEAPSEL_EXPORT std::optional<Role> parse_role(std::string_view text);

} // namespace heapsel
