// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/binding.hpp>
#include <heapsel/consumer.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/role.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// One of the memories of a V4L2 device, and where it can come from.
struct VideoMemory {
    Role role = Role::frame;    ///< What it is for.
    std::optional<Queue> queue; ///< Of frames, where the driver could be asked which it has.
    /// Of a queue, V4L2_PIX_FMT_*: what a newly opened file has. Absent where the driver does not
    /// say.
    std::optional<std::uint32_t> pixel_format;
    /// What the driver says, for the format that a newly opened file has; else what the binding's
    /// file lists, which is for no format in particular.
    UsableHeaps usable;
    std::optional<Binding> binding;      ///< What the role is bound to.
    std::string binding_unknown_because; ///< Empty where there is a binding.
};

/// A V4L2 device that has a node /dev/videoN, as it was when it was looked at. A value.
struct VideoDevice : DeviceNode {
    std::string title; ///< What the driver calls this node; raw.
    std::string card;  ///< Raw; empty where it is not known.
    /// First the frames, of each queue; then the roles that the driver hides, if it has them.
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

/// The consumer that `memory` of `device` is, for the selector.
[[nodiscard]] HEAPSEL_EXPORT Consumer consumer_of(const VideoDevice& device,
                                                  const VideoMemory& memory);

} // namespace heapsel
