// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <heapsel/error.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/video_format.hpp>

#include "uapi/heap_entry.hpp"

namespace heapsel::uapi {

/// What a V4L2 node says of itself.
struct V4l2Capability {
    std::string driver; ///< Raw.
    std::string card;   ///< Raw.
    std::uint32_t device_caps = 0;
};

/// VIDIOC_QUERYCAP. ENOTTY: the descriptor is no V4L2 device.
[[nodiscard]] Result<V4l2Capability> v4l2_query_capability(int fd);

/// The buffer type of a queue, by V4L2_CAP_*; nothing if the device has no such queue.
[[nodiscard]] std::optional<std::uint32_t> v4l2_buffer_type(Queue queue, std::uint32_t device_caps);

/// A device that reads one of its queues to fill the other, by V4L2_CAP_*: a codec, a scaler.
[[nodiscard]] bool v4l2_is_mem2mem(std::uint32_t device_caps);

/// VIDIOC_G_FMT: what is set on the queue with this buffer type; nothing if the driver does not
/// say.
[[nodiscard]] std::optional<VideoFormat> v4l2_video_format(int fd, std::uint32_t type);

/// VIDIOC_ENUM_FMT: the first format of the queue with this buffer type is a compressed one, as the
/// coded side of a codec has. False where the driver does not say.
[[nodiscard]] bool v4l2_is_coded(int fd, std::uint32_t type);

/// VIDIOC_ENUM_HEAPS. `type` is a queue's, or 0 for the memory that stays inside the driver.
/// EINVAL: there is no such entry. ENOTTY: the kernel or the driver does not have the ioctl.
[[nodiscard]] Result<HeapEntry> v4l2_enum_heap(int fd, std::uint32_t type, std::uint32_t index);

} // namespace heapsel::uapi
