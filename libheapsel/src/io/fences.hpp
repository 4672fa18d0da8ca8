// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace heapsel {

/// What the implicit fences of dma-bufs tell.
struct FenceState {
    /// Of each dma-buf: no device reads or writes it.
    std::vector<bool> signalled;
    /// Of each: it cannot be asked, and never will be: the descriptor was closed by someone.
    std::vector<bool> lost;
};

/// Asks without waiting. poll(2) says that a dma-buf is writable when all its fences, those of
/// readers too, have signalled; a file without fences is so at once. One system call.
[[nodiscard]] FenceState ask_fences(std::span<const int> dmabuf_fds);

/// Waits until one of `dmabuf_fds` has no fence left, or `wake_fd` is readable, or `deadline`.
void wait_for_fences(std::span<const int> dmabuf_fds, int wake_fd,
                     std::chrono::steady_clock::time_point deadline);

} // namespace heapsel
