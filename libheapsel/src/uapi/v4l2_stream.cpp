// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/v4l2_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/videodev2.h>

#include "uapi/ioctl.hpp"

namespace heapsel::uapi {
namespace {

std::unexpected<Error> failed(int code, const char* operation, const char* call) {
    return std::unexpected(
        Error{.code = code, .operation = operation, .subject = call, .hint = {}});
}

V4l2Format read_planes(const v4l2_pix_format_mplane& set) {
    V4l2Format read{.pixel_format = set.pixelformat,
                    .size = {.width = set.width, .height = set.height},
                    .planes = {}};
    const auto count = std::clamp<std::size_t>(set.num_planes, 1, VIDEO_MAX_PLANES);
    for (const auto& plane : std::span(set.plane_fmt).first(count))
        read.planes.push_back({.stride = plane.bytesperline, .size = plane.sizeimage});
    return read;
}

V4l2Format read_format(const v4l2_format& format) {
    if (V4L2_TYPE_IS_MULTIPLANAR(format.type))
        return read_planes(format.fmt.pix_mp);
    const v4l2_pix_format& set = format.fmt.pix;
    return {.pixel_format = set.pixelformat,
            .size = {.width = set.width, .height = set.height},
            .planes = {{.stride = set.bytesperline, .size = set.sizeimage}}};
}

/// The argument of VIDIOC_QBUF and VIDIOC_DQBUF, with room for the planes that it points to.
struct Argument {
    explicit Argument(std::uint32_t type) {
        buffer.type = type;
        buffer.memory = V4L2_MEMORY_DMABUF;
        buffer.field = V4L2_FIELD_NONE;
        if (is_multiplanar()) {
            buffer.m.planes = planes.data();
            buffer.length = VIDEO_MAX_PLANES;
        }
    }
    Argument(const Argument&) = delete;
    Argument& operator=(const Argument&) = delete;

    [[nodiscard]] bool is_multiplanar() const { return V4L2_TYPE_IS_MULTIPLANAR(buffer.type); }

    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    v4l2_buffer buffer{};
};

} // namespace

Result<V4l2Format> v4l2_format_of(int fd, std::uint32_t type) {
    v4l2_format format{};
    format.type = type;
    if (const int code = retried_ioctl(fd, VIDIOC_G_FMT, &format); code != 0)
        return failed(code, "read the format of a queue", "VIDIOC_G_FMT");
    return read_format(format);
}

Result<V4l2Format> v4l2_set_format(int fd, std::uint32_t type, std::uint32_t pixel_format) {
    v4l2_format format{};
    format.type = type;
    if (const int code = retried_ioctl(fd, VIDIOC_G_FMT, &format); code != 0)
        return failed(code, "read the format of a queue", "VIDIOC_G_FMT");
    if (V4L2_TYPE_IS_MULTIPLANAR(type))
        format.fmt.pix_mp.pixelformat = pixel_format;
    else
        format.fmt.pix.pixelformat = pixel_format;
    if (const int code = retried_ioctl(fd, VIDIOC_S_FMT, &format); code != 0)
        return failed(code, "set the format of a queue", "VIDIOC_S_FMT");
    return read_format(format);
}

std::optional<std::uint32_t> v4l2_format_at(int fd, std::uint32_t type, std::uint32_t index) {
    v4l2_fmtdesc description{};
    description.type = type;
    description.index = index;
    if (retried_ioctl(fd, VIDIOC_ENUM_FMT, &description) != 0)
        return std::nullopt;
    return description.pixelformat;
}

std::optional<FrameSize> v4l2_visible_size(int fd, std::uint32_t type) {
    v4l2_selection selection{};
    // This ioctl takes the types of the older interface for both.
    selection.type =
        V4L2_TYPE_IS_OUTPUT(type) ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    selection.target = V4L2_SEL_TGT_COMPOSE;
    if (retried_ioctl(fd, VIDIOC_G_SELECTION, &selection) != 0 || selection.r.left != 0 ||
        selection.r.top != 0)
        return std::nullopt;
    return FrameSize{.width = selection.r.width, .height = selection.r.height};
}

std::optional<std::int32_t> v4l2_control_value(int fd, std::uint32_t id) {
    v4l2_control control{};
    control.id = id;
    if (retried_ioctl(fd, VIDIOC_G_CTRL, &control) != 0)
        return std::nullopt;
    return control.value;
}

Result<std::uint32_t> v4l2_request_buffers(int fd, std::uint32_t type, std::uint32_t count) {
    v4l2_requestbuffers request{};
    request.count = count;
    request.type = type;
    request.memory = V4L2_MEMORY_DMABUF;
    if (const int code = retried_ioctl(fd, VIDIOC_REQBUFS, &request); code != 0)
        return failed(code, "have a queue import dma-bufs", "VIDIOC_REQBUFS");
    return request.count;
}

Result<void> v4l2_stream(int fd, std::uint32_t type, bool on) {
    auto argument = static_cast<int>(type);
    if (const int code = retried_ioctl(fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &argument);
        code != 0)
        return on ? failed(code, "start a queue", "VIDIOC_STREAMON")
                  : failed(code, "stop a queue", "VIDIOC_STREAMOFF");
    return {};
}

Result<void> v4l2_enqueue(int fd, std::uint32_t type, std::uint32_t index,
                          std::span<const V4l2DmaBuf> bufs) {
    Argument argument(type);
    argument.buffer.index = index;
    if (argument.is_multiplanar()) {
        argument.buffer.length = static_cast<std::uint32_t>(bufs.size());
        for (std::size_t i = 0; i < bufs.size(); ++i) {
            v4l2_plane& plane = argument.planes.at(i);
            plane.m.fd = bufs[i].fd;
            plane.length = bufs[i].size;
            plane.bytesused = bufs[i].used;
        }
    } else {
        argument.buffer.m.fd = bufs.front().fd;
        argument.buffer.length = bufs.front().size;
        argument.buffer.bytesused = bufs.front().used;
    }
    if (const int code = retried_ioctl(fd, VIDIOC_QBUF, &argument.buffer); code != 0)
        return failed(code, "give a queue a dma-buf", "VIDIOC_QBUF");
    return {};
}

Result<std::optional<V4l2Done>> v4l2_dequeue(int fd, std::uint32_t type) {
    Argument argument(type);
    const int code = retried_ioctl(fd, VIDIOC_DQBUF, &argument.buffer);
    if (code == EAGAIN || code == EPIPE)
        return std::nullopt;
    if (code != 0)
        return failed(code, "take a buffer back from a queue", "VIDIOC_DQBUF");
    V4l2Done done{.index = argument.buffer.index,
                  .bytes = argument.buffer.bytesused,
                  .flags = argument.buffer.flags};
    if (argument.is_multiplanar()) {
        done.bytes = 0;
        const auto count = std::min<std::size_t>(argument.buffer.length, VIDEO_MAX_PLANES);
        for (const v4l2_plane& plane : std::span(argument.planes).first(count))
            done.bytes += plane.bytesused;
    }
    return done;
}

} // namespace heapsel::uapi
