// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include "inspect/board_plan.hpp"

#include "heap_table.hpp"

namespace heapsel::tools {

/// A line for each region; below each that is a device's, a line for each of its devices but the
/// first.
[[nodiscard]] std::string region_table(std::span<const PlannedRegion> regions, Bytes bytes);

} // namespace heapsel::tools
