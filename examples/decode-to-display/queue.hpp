// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <linux/videodev2.h>
#include <map>
#include <optional>

#include <heapsel/buffer_pool.hpp>
#include <heapsel/queue.hpp>

#include "common.hpp"

/// A frame that the driver gave back.
struct Done {
    heapsel::Lease frame;
    std::uint32_t bytes, flags; ///< Of V4L2_BUF_FLAG_*.
};

/// One of a decoder's two queues, and the frames that the driver has. Some drivers have V4L2's
/// older interface and some the multi-planar one: that is known only here.
class Queue {
  public:
    Queue(int decoder, heapsel::Queue queue) : fd_(decoder) {
        v4l2_capability can{};
        call(decoder, VIDIOC_QUERYCAP, &can, "ask the decoder what it is");
        multi_ = (can.device_caps & V4L2_CAP_VIDEO_M2M_MPLANE) != 0;
        if (queue == heapsel::Queue::output)
            type_ = multi_ ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
        else
            type_ = multi_ ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    }

    /// Of its driver's list of formats; 0 behind the last one.
    [[nodiscard]] std::uint32_t format_at(unsigned index) const {
        v4l2_fmtdesc described{};
        std::tie(described.index, described.type) = std::tuple(index, type_);
        return ::ioctl(fd_, VIDIOC_ENUM_FMT, &described) == 0 ? described.pixelformat : 0;
    }
    /// Asks for `fourcc` unless that is 0. The driver takes another format where it must.
    [[nodiscard]] v4l2_pix_format_mplane format(std::uint32_t fourcc = 0) const {
        v4l2_format format{.type = type_, .fmt = {}};
        call(fd_, VIDIOC_G_FMT, &format, "read the format");
        (multi_ ? format.fmt.pix_mp.pixelformat : format.fmt.pix.pixelformat) = fourcc;
        call(fd_, fourcc == 0 ? VIDIOC_G_FMT : VIDIOC_S_FMT, &format, "set the format");
        if (multi_)
            return format.fmt.pix_mp;
        const v4l2_pix_format one = format.fmt.pix;
        v4l2_pix_format_mplane same{};
        same.width = one.width, same.height = one.height, same.num_planes = 1;
        same.pixelformat = one.pixelformat;
        same.plane_fmt[0].sizeimage = one.sizeimage;
        same.plane_fmt[0].bytesperline = one.bytesperline;
        return same;
    }
    /// Starts with room for so many frames; 0 stops, and takes all frames back.
    void stream(unsigned frames) {
        auto type = static_cast<int>(type_);
        v4l2_requestbuffers room{};
        std::tie(room.count, room.type, room.memory) = std::tuple(frames, type, V4L2_MEMORY_DMABUF);
        if (frames == 0)
            call(fd_, VIDIOC_STREAMOFF, &type, "stop the decoder");
        call(fd_, VIDIOC_REQBUFS, &room, "have the decoder import buffers");
        if (frames != 0)
            call(fd_, VIDIOC_STREAMON, &type, "start the decoder");
        lent_.clear();
    }
    /// Lends the driver a frame with `bytes` of coded data in it, or for a picture.
    void lend(heapsel::Lease frame, std::size_t bytes = 0) {
        v4l2_plane plane{};
        v4l2_buffer buffer = blank(plane);
        buffer.index = static_cast<unsigned>(frame.index());
        (multi_ ? plane.m.fd : buffer.m.fd) = frame.fd();
        plane.length = frame.layout().buffer_sizes[0];
        (multi_ ? plane.bytesused : buffer.bytesused) = static_cast<unsigned>(bytes);
        call(fd_, VIDIOC_QBUF, &buffer, "give the decoder a buffer",
             "If it cannot use such memory, ask for other: --require contiguous.");
        lent_.insert_or_assign(buffer.index, std::move(frame));
    }
    std::optional<Done> take_back() {
        v4l2_plane plane{};
        v4l2_buffer buffer = blank(plane);
        if (::ioctl(fd_, VIDIOC_DQBUF, &buffer) != 0)
            return std::nullopt; // None is done: what else is wrong, poll(2) says.
        return Done{std::move(lent_.extract(buffer.index).mapped()),
                    multi_ ? plane.bytesused : buffer.bytesused, buffer.flags};
    }

  private:
    [[nodiscard]] v4l2_buffer blank(v4l2_plane& plane) const {
        v4l2_buffer buffer{};
        std::tie(buffer.type, buffer.memory) = std::tuple(type_, V4L2_MEMORY_DMABUF);
        buffer.field = V4L2_FIELD_NONE;
        buffer.length = multi_ ? 1 : 0;
        buffer.m.planes = multi_ ? &plane : nullptr;
        return buffer;
    }

    int fd_;
    v4l2_buf_type type_{};
    bool multi_ = false;
    std::map<unsigned, heapsel::Lease> lent_; ///< By index.
};
