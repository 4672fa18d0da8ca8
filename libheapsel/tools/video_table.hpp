// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include <heapsel/video_device.hpp>

namespace heapsel::tools {

/// One line for each memory of each device, more where its heaps need them: what it is bound to, in
/// order of preference, and what else it can use. A bound heap that the driver does not list for
/// the format at hand is marked, as it is passed over.
[[nodiscard]] std::string video_table(std::span<const VideoDevice> devices);

/// Why "unknown" stands in the table: each reason once, with the devices that it holds for.
[[nodiscard]] std::vector<std::string> why_unknown(std::span<const VideoDevice> devices);

} // namespace heapsel::tools
