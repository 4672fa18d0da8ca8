// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace heapsel {

/// The name of a user, printable; nothing where the id has none. Asks the name services, which may
/// take files, a daemon or the network: for texts only, and never while heaps are scanned.
[[nodiscard]] std::optional<std::string> user_name(std::uint32_t id);
/// The same of a group.
[[nodiscard]] std::optional<std::string> group_name(std::uint32_t id);

/// What a user namespace shows for every user and group that it has no number for.
inline constexpr std::uint32_t unmapped_id = 65534;

} // namespace heapsel
