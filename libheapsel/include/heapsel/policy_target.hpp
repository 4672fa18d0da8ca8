// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/display_device.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/video_device.hpp>

namespace heapsel {

/// A memory of a device, by all the names that a policy may call the device. A value; names are
/// raw.
struct PolicyTarget {
    std::string driver;             ///< "rkvdec"; empty where it is not known.
    std::string card;               ///< As V4L2 names the device; empty where it is not known.
    std::vector<std::string> nodes; ///< "video0", "/dev/video0", links to it in /dev.
    std::string use;                ///< Which of its memories: "frame"; empty where not known.
    std::optional<Queue> queue;     ///< Where it is one of a queue, and known.
};

/// `queue` counts where `memory` does not know its own. The links are those that stand in
/// /dev, /dev/v4l and /dev/dri under `root`; what cannot be read there is left out.
[[nodiscard]] HEAPSEL_EXPORT PolicyTarget policy_target(const VideoDevice& device,
                                                        const VideoMemory& memory,
                                                        std::optional<Queue> queue = std::nullopt,
                                                        const std::filesystem::path& root = "/");

/// The frames that a display shows.
[[nodiscard]] HEAPSEL_EXPORT PolicyTarget policy_target(const DisplayDevice& device,
                                                        const std::filesystem::path& root = "/");

/// The memory that `word` names: `DEVICE[:MEMORY]` as of `parse_consumers`, or a display alone.
///
/// EINVAL: the device does not have that memory. Else as of `find_video_device` and
/// `find_display_device`.
[[nodiscard]] HEAPSEL_EXPORT Result<PolicyTarget>
parse_policy_target(std::string_view word, const std::filesystem::path& root = "/");

/// The same of a device that the machine need not have, by the name of its driver. Where `word`
/// names a queue, its use is not known. Pure.
[[nodiscard]] HEAPSEL_EXPORT PolicyTarget policy_target_of_driver(std::string_view word);

} // namespace heapsel
