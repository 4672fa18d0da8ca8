// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/video_device.hpp>

#include "reasons.hpp"

namespace heapsel::tools {

/// One line for each memory of each device, more where its heaps need them.
[[nodiscard]] std::string video_table(std::span<const VideoDevice> devices);

/// Notes why "unknown" stands in that table.
void note_unknown(Reasons& reasons, std::span<const VideoDevice> devices);

} // namespace heapsel::tools
