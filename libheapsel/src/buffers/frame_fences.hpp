// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "buffers/pool_frame.hpp"

namespace heapsel {

/// What the fences of one frame tell.
struct FrameFences {
    bool idle = true;  ///< No device uses any of its dma-bufs.
    int wait_for = -1; ///< A dma-buf that some device still uses; -1 if there is none to ask.
};

/// One for each frame, in one system call. `foreign` is a descriptor that is no frame's: one with
/// its number was closed by somebody, and is lost.
[[nodiscard]] std::vector<FrameFences>
ask_frames(std::span<const std::shared_ptr<PoolFrame>> frames, int foreign = -1);

/// One dma-buf of each frame that can be waited for.
[[nodiscard]] std::vector<int> busy_ones(std::span<const FrameFences> fences);

} // namespace heapsel
