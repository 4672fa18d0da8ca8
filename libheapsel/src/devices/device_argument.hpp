// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/role.hpp>
#include <heapsel/video_device.hpp>

namespace heapsel {

/// What `DEVICE[:MEMORY]` asks for.
struct DeviceArgument {
    std::string device;
    std::optional<Role> role; ///< Absent: the frames of the queue that the device has.
    std::optional<Queue> queue;
};

/// Reads it. A colon with another word behind it belongs to the path, as those of /dev/v4l/by-path
/// have them.
[[nodiscard]] DeviceArgument parse_device_argument(std::string_view text);

/// The memory of `device` that is asked for: if none is, its capture queue, or else its output
/// queue. Of a device that cannot be asked which queues it has, the frames stand for either. Valid
/// while `device` lives.
///
/// EINVAL: it does not have that memory; the hint lists those that it has.
[[nodiscard]] Result<const VideoMemory*> memory_of(const VideoDevice& device,
                                                   const DeviceArgument& argument);

} // namespace heapsel
