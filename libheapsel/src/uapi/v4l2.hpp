// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <heapsel/error.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/role.hpp>
#include <heapsel/usable_heaps.hpp>

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

/// VIDIOC_G_FMT: the V4L2_PIX_FMT_* that is set on the queue with this buffer type; nothing if the
/// driver does not say.
[[nodiscard]] std::optional<std::uint32_t> v4l2_pixel_format(int fd, std::uint32_t type);

/// VIDIOC_ENUM_HEAPS. `type` is the queue's for frames, else 0. EINVAL: there is no such entry.
/// ENOTTY: the kernel or the driver does not have the ioctl.
[[nodiscard]] Result<UsableHeap> v4l2_enum_heap(int fd, Role role, std::uint32_t type,
                                                std::uint32_t index);

} // namespace heapsel::uapi
