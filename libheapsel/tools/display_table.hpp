// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/display_device.hpp>

#include "reasons.hpp"

namespace heapsel::tools {

/// One line for each plane of each display, and one for its dumb buffers, more where the heaps need
/// them.
[[nodiscard]] std::string display_table(std::span<const DisplayDevice> devices);

/// Notes why "unknown" stands in that table.
void note_unknown(Reasons& reasons, std::span<const DisplayDevice> devices);

} // namespace heapsel::tools
