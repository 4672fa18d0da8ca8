// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <vector>

#include <heapsel/unique_fd.hpp>

namespace heapsel {

/// A descriptor that is readable while a pool may have a free frame: an epoll set of an eventfd,
/// which the pool sets, and of one dma-buf of each frame whose fences may be pending. The caller
/// holds the pool's lock.
class PoolSignal {
  public:
    /// For frames 0 to `frames` - 1. The errno of epoll_create1(2), eventfd(2), epoll_ctl(2).
    [[nodiscard]] static std::expected<PoolSignal, int> create(std::size_t frames);

    [[nodiscard]] int fd() const { return set_.get(); }

    /// Readable from now on if `free`; else only for what is watched.
    void show(bool free);
    /// Readable also when the fences of `dmabuf_fd`, of the frame `index`, have signalled. In place
    /// of what was watched of that frame.
    void watch(std::size_t index, int dmabuf_fd);
    /// Nothing of that frame is watched any more. Before its dma-bufs are closed.
    void forget(std::size_t index);

  private:
    PoolSignal(UniqueFd set, UniqueFd event, std::size_t frames);

    UniqueFd set_;
    UniqueFd event_;
    std::vector<int> watched_;  ///< By frame.
    std::size_t unwatched_ = 0; ///< Of how many frames the kernel does not tell.
    bool free_ = false;
    bool readable_ = false; ///< The eventfd.

    void update();
};

} // namespace heapsel
