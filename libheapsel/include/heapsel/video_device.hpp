// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/device_memory.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/unique_fd.hpp>
#include <heapsel/video_format.hpp>

namespace heapsel {

/// One of the memories of a V4L2 device. What its driver says is for the format that a newly opened
/// file has.
struct VideoMemory : DeviceMemory {
    std::optional<Queue> queue; ///< Where the driver could be asked which queues it has.
    /// Of a queue: what a newly opened file has. Absent where the driver does not say.
    std::optional<VideoFormat> format;
};

/// A V4L2 device that has a node /dev/videoN, as it was when it was looked at. A value.
struct VideoDevice : DeviceNode {
    std::string title; ///< What the driver calls this node; raw.
    std::string card;  ///< Raw; empty where it is not known.
    /// First those of the queues; then what stays inside the driver, as far as it is known.
    std::vector<VideoMemory> memories;
};

/// The video devices of the machine whose files stand under `root`, by number. Each node of a live
/// machine is opened and closed again, unless `ask` says otherwise. Never fails: a device that
/// cannot be asked is in the list, with why; a machine without V4L2 has none.
[[nodiscard]] HEAPSEL_EXPORT std::vector<VideoDevice>
list_video_devices(const std::filesystem::path& root = "/", Ask ask = Ask::drivers);

/// The one that `device` names: "/dev/video0", a link to it such as those in /dev/v4l, or "video0".
/// What has no / is a name of /dev or of sysfs, and not of the current directory.
///
/// ENODEV: there is none; the hint lists those that there are.
[[nodiscard]] HEAPSEL_EXPORT Result<VideoDevice>
find_video_device(std::string_view device, const std::filesystem::path& root = "/");

/// Its node, to work with: for reading and writing, non-blocking, closed on exec.
///
/// Any errno of open(2). EACCES: the hint says who may.
[[nodiscard]] HEAPSEL_EXPORT Result<UniqueFd> open_video_device(const VideoDevice& device);

/// The consumer that `memory` of `device` is, for the selector.
[[nodiscard]] HEAPSEL_EXPORT Consumer consumer_of(const VideoDevice& device,
                                                  const VideoMemory& memory);

} // namespace heapsel
