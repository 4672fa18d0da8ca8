// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>

#include <heapsel/node_mode.hpp>

namespace heapsel {

/// The group of the node, if it is not root's and may read. Pure.
[[nodiscard]] std::optional<std::uint32_t> reading_group(const std::optional<NodeMode>& mode);

} // namespace heapsel
