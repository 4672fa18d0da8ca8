// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <heapsel/error.hpp>

#include "model/frame_layout.hpp"

/// What it takes to have a V4L2 device fill, or read, dma-bufs of the caller's. `type` is a queue's
/// buffer type: with which of V4L2's two interfaces to speak follows from it.
namespace heapsel::uapi {

/// What is set on a queue, as the driver says it; none of it is checked.
struct V4l2Format {
    struct Plane {
        std::uint32_t stride = 0; ///< Bytes; 0 of coded pictures.
        std::uint32_t size = 0;   ///< Bytes, of the dma-buf.
    };
    std::uint32_t pixel_format = 0; ///< V4L2_PIX_FMT_*.
    FrameSize size;
    std::vector<Plane> planes; ///< One of each dma-buf of a frame; at least one.
};

/// VIDIOC_G_FMT.
[[nodiscard]] Result<V4l2Format> v4l2_format_of(int fd, std::uint32_t type);
/// VIDIOC_S_FMT, with all but the pixel format as it is. What the driver made of it is returned.
[[nodiscard]] Result<V4l2Format> v4l2_set_format(int fd, std::uint32_t type,
                                                 std::uint32_t pixel_format);

/// VIDIOC_ENUM_FMT: the entry with that index; nothing behind the last one.
[[nodiscard]] std::optional<std::uint32_t> v4l2_format_at(int fd, std::uint32_t type,
                                                          std::uint32_t index);

/// VIDIOC_G_SELECTION, V4L2_SEL_TGT_COMPOSE: what of a frame is picture, if that begins in the
/// upper left; nothing if the driver does not say.
[[nodiscard]] std::optional<FrameSize> v4l2_visible_size(int fd, std::uint32_t type);

/// VIDIOC_G_CTRL; nothing if the device does not have that control.
[[nodiscard]] std::optional<std::int32_t> v4l2_control_value(int fd, std::uint32_t id);

/// VIDIOC_REQBUFS for dma-bufs: how many buffers there are now. None frees them.
[[nodiscard]] Result<std::uint32_t> v4l2_request_buffers(int fd, std::uint32_t type,
                                                         std::uint32_t count);

/// VIDIOC_STREAMON, VIDIOC_STREAMOFF.
[[nodiscard]] Result<void> v4l2_stream(int fd, std::uint32_t type, bool on);

/// One dma-buf of a frame, on its way to the driver.
struct V4l2DmaBuf {
    int fd = -1;
    std::uint32_t size = 0; ///< Of the dma-buf, in bytes.
    std::uint32_t used = 0; ///< With data in it, on an output queue.
};

/// VIDIOC_QBUF; at least one and at most VIDEO_MAX_PLANES of `bufs`.
[[nodiscard]] Result<void> v4l2_enqueue(int fd, std::uint32_t type, std::uint32_t index,
                                        std::span<const V4l2DmaBuf> bufs);

/// What the driver is done with.
struct V4l2Done {
    std::uint32_t index = 0;
    std::uint64_t bytes = 0; ///< Of all its dma-bufs together.
    std::uint32_t flags = 0; ///< V4L2_BUF_FLAG_*.
};

/// VIDIOC_DQBUF; nothing where none is done (EAGAIN), or behind the last one (EPIPE).
[[nodiscard]] Result<std::optional<V4l2Done>> v4l2_dequeue(int fd, std::uint32_t type);

} // namespace heapsel::uapi
