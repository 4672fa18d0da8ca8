// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/role.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// What a V4L2 driver can use for one of its memories; `type` is the queue's for frames, else 0.
/// An entry that repeats an earlier name, or has none, is left out. A driver that cannot be asked
/// (ENOTTY) leaves it unknown.
///
/// EOVERFLOW: the list does not end. Any other errno of the ioctl.
[[nodiscard]] Result<UsableHeaps> ask_usable_heaps(int fd, Role role, std::uint32_t type);

/// "capture", "output", "frame" where the queue is not known, "reference", "metadata".
[[nodiscard]] std::string_view memory_name(Role role, std::optional<Queue> queue);

/// "/dev/video0 (vicodec) capture", raw.
[[nodiscard]] std::string video_consumer_name(std::string_view device, std::string_view driver,
                                              Role role, std::optional<Queue> queue);

} // namespace heapsel
