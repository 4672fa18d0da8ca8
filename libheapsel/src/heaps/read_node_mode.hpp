// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <optional>

#include <heapsel/node_mode.hpp>

namespace heapsel {

/// Nothing if the file cannot be looked at.
[[nodiscard]] std::optional<NodeMode> read_node_mode(const std::filesystem::path& path);

} // namespace heapsel
