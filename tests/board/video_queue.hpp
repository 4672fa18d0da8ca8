// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <linux/videodev2.h>
#include <string>
#include <vector>

#include <heapsel/unique_fd.hpp>

#include "heap.hpp"

namespace board {

/// One queue of a video node, in the format that it has when the node is opened.
class VideoQueue {
  public:
    enum class Side { capture, output };

    /// Ends the program with a message where the node has no such queue.
    VideoQueue(const std::string& node, Side side);

    /// Bytes of each plane of a buffer.
    [[nodiscard]] const std::vector<unsigned>& sizes() const { return sizes_; }

    /// VIDIOC_REQBUFS: how many buffers there are now.
    [[nodiscard]] OrErrno<unsigned> request(v4l2_memory memory, unsigned count) const;
    /// VIDIOC_EXPBUF.
    [[nodiscard]] OrErrno<heapsel::UniqueFd> exported(unsigned index, unsigned plane) const;
    /// A plane of an MMAP buffer, mapped through the node.
    [[nodiscard]] OrErrno<Mapping> mapped(unsigned index, unsigned plane) const;
    /// VIDIOC_QBUF, with a dma-buf for each plane or, for MMAP buffers, none. 0 or an errno value.
    /// On a queue that takes buffers with requests only, VIDIOC_PREPARE_BUF, which imports all the
    /// same.
    [[nodiscard]] int enqueue(unsigned index, const std::vector<int>& dma_bufs = {}) const;
    /// VIDIOC_DQBUF: the buffer's index.
    [[nodiscard]] OrErrno<unsigned> dequeue() const;
    /// VIDIOC_STREAMON and VIDIOC_STREAMOFF: 0 or an errno value.
    [[nodiscard]] int stream(bool on) const;

  private:
    [[nodiscard]] bool planar() const { return V4L2_TYPE_IS_MULTIPLANAR(type_); }
    [[nodiscard]] int call(unsigned long request, void* argument) const;

    heapsel::UniqueFd node_;
    v4l2_buf_type type_{};
    std::vector<unsigned> sizes_;
};

} // namespace board
