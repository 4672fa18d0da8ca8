// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/video_device.hpp>

namespace heapsel {

/// What `DEVICE[:MEMORY]` asks for.
struct DeviceArgument {
    std::string device;
    std::optional<Queue> queue;
    std::string use; ///< Empty where a queue is named, or nothing.
};

/// Reads it. A colon belongs to the path where no name of a use stands behind it, or one that ends
/// as the links in /dev/v4l do: "-index0". Pure.
[[nodiscard]] DeviceArgument parse_device_argument(std::string_view text);

/// The memory of `device` that is asked for: if none is, its capture queue, or else its output
/// queue. Of a device that cannot be asked which queues it has, the frames stand for either. Valid
/// while `device` lives.
///
/// EINVAL: it does not have that memory; the hint lists those that it has.
[[nodiscard]] Result<const VideoMemory*> memory_of(const VideoDevice& device,
                                                   const DeviceArgument& argument);

} // namespace heapsel
