// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/queue.hpp>

#include "devices/enum_heaps.hpp"

namespace heapsel {

/// What a V4L2 driver can use: for the queue with this buffer type, or with 0 for all that stays
/// inside the driver. A kernel that does not show that it has the ioctl is not asked, and a driver
/// that cannot be asked (ENOTTY) leaves it unknown.
///
/// EOVERFLOW: the list does not end. Any other errno of the ioctl.
[[nodiscard]] Result<HeapList> ask_video_heaps(int fd, std::uint32_t type);

/// The same of a queue. Where the kernel does not say what its use is, it has the name that codecs
/// and others give it: "bitstream" for the coded side of a codec, or else "frame".
[[nodiscard]] Result<UseHeaps> ask_queue_heaps(int fd, std::uint32_t type,
                                               std::uint32_t device_caps);

/// "capture", "output", or the use where there is no queue.
[[nodiscard]] std::string_view memory_name(std::string_view use, std::optional<Queue> queue);

/// "/dev/video0 (vicodec) capture", raw.
[[nodiscard]] std::string video_consumer_name(std::string_view device, std::string_view driver,
                                              std::string_view memory);

} // namespace heapsel
