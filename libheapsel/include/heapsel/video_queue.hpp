// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <heapsel/buffer_layout.hpp>
#include <heapsel/buffer_pool.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/parsed_consumer.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/video_device.hpp>
#include <heapsel/video_format.hpp>

namespace heapsel {

/// What is set on a queue, and what its frames must be like for it. A value.
struct QueueFormat : VideoFormat {
    std::uint32_t visible_width = 0;  ///< In pixels: what of the frame is picture, from the left.
    std::uint32_t visible_height = 0; ///< In lines, from the top.
    BufferLayout layout;              ///< For `PoolOptions`. Of coded pictures, that of plain data.
};

/// A frame that a driver is done with.
struct ReturnedFrame {
    Lease frame; ///< No device uses it any more.
    std::size_t bytes =
        0;               ///< That are in it, of all its dma-bufs together; none at a stream's end.
    bool broken = false; ///< What is in it is not, or not all, what it should be.
    bool last = false;   ///< Of the stream, or of those of this size.
};

/// A queue of an open V4L2 device that works on frames of a pool: the driver fills them, or reads
/// them, where they are. Which of V4L2's two interfaces the driver has, single-planar or
/// multi-planar, makes no difference. Move-only; used from one thread at a time.
///
/// The order of calls: `set_format`, `consumer` to choose a heap by, a pool with the layout of
/// `format`, `start`, and then `lend` and `take_back` in turn, as poll(2) on the device says.
class HEAPSEL_EXPORT VideoQueue {
  public:
    /// The queue of that name of `device`, of which `fd` is the open node. `fd` is borrowed, for as
    /// long as this lives; with O_NONBLOCK, `take_back` does not wait.
    ///
    /// EINVAL: the device has no such queue. Else as of `Consumer::v4l2`.
    [[nodiscard]] static Result<VideoQueue> create(const VideoDevice& device, int fd, Queue queue);

    /// V4L2_PIX_FMT_*, in the driver's order.
    [[nodiscard]] std::vector<std::uint32_t> formats() const;
    /// What is set. EINVAL, EOVERFLOW: the driver contradicts itself, as of
    /// `buffer_layout_of_stride`. Any errno of VIDIOC_G_FMT.
    [[nodiscard]] Result<QueueFormat> format() const;
    /// Asks for a format (V4L2_PIX_FMT_*). A driver that does not have it sets another one, which
    /// is no error: compare. Errors: those of `format`. EBUSY: the queue is started. Any errno of
    /// VIDIOC_S_FMT.
    [[nodiscard]] Result<QueueFormat> set_format(std::uint32_t pixel_format);

    /// The device as a consumer for the format that is set, with what a policy may call it. Errors:
    /// those of `Consumer::v4l2`.
    [[nodiscard]] Result<ParsedConsumer> consumer() const;

    /// How many frames the driver needs at once; 1 where it does not say. More are to be shown, or
    /// filled, meanwhile.
    [[nodiscard]] std::size_t least_frames() const;

    /// Has the driver make room for frames with the indices 0 to `frames` - 1, and begin.
    ///
    /// ENOBUFS: it has not room for so many. Any errno of VIDIOC_REQBUFS and VIDIOC_STREAMON.
    [[nodiscard]] Result<void> start(std::size_t frames);
    /// Has it stop, and give all frames back, unfinished. After that another format can be set. A
    /// queue that is not started is one that was stopped.
    ///
    /// Any errno of VIDIOC_STREAMOFF and VIDIOC_REQBUFS; the frames stay lent.
    [[nodiscard]] Result<void> stop();

    /// Lends the driver a frame, with `bytes` of data in its first dma-buf if it is to be read and
    /// to be filled else. The frame is the queue's until `take_back` gives it, or `stop`.
    ///
    /// Any errno of VIDIOC_QBUF: the frame has gone back to its pool. EINVAL also where it has more
    /// dma-bufs than the format.
    [[nodiscard]] Result<void> lend(Lease frame, std::size_t bytes = 0);
    /// Lends, to be filled, every frame of `pool` that is free now. Errors: those of `lend`; of
    /// `BufferPool::acquire` all but EAGAIN.
    [[nodiscard]] Result<void> lend_all(BufferPool& pool);
    /// A frame that the driver is done with; nothing where there is none (yet).
    ///
    /// EBADMSG: the driver gave one that it did not have. Any errno of VIDIOC_DQBUF but EAGAIN and
    /// EPIPE.
    [[nodiscard]] Result<std::optional<ReturnedFrame>> take_back();

  private:
    VideoQueue(int fd, Queue queue, std::uint32_t type, PolicyTarget target)
        : fd_(fd), queue_(queue), type_(type), target_(std::move(target)) {}

    int fd_;
    Queue queue_;
    std::uint32_t type_; ///< V4L2_BUF_TYPE_*.
    PolicyTarget target_;
    std::map<std::size_t, Lease> lent_; ///< By index.
};

} // namespace heapsel
