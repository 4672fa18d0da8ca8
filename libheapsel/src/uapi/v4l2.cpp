// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/v4l2.hpp"

#include <array>
#include <cerrno>
#include <format>

#include "uapi/ioctl.hpp"
#include "uapi/text_field.hpp"
#include "uapi/v4l2_heap.h"

namespace heapsel::uapi {
namespace {

static_assert(sizeof(v4l2_heap) == 208);

} // namespace

Result<V4l2Capability> v4l2_query_capability(int fd) {
    v4l2_capability answer{};
    if (const int code = retried_ioctl(fd, VIDIOC_QUERYCAP, &answer); code != 0)
        return std::unexpected(
            Error{.code = code,
                  .operation = "ask a video device what it is",
                  .subject = std::format("file descriptor {}", fd),
                  .hint = code == ENOTTY ? "The descriptor is no V4L2 device." : ""});
    const bool per_node = (answer.capabilities & V4L2_CAP_DEVICE_CAPS) != 0;
    return V4l2Capability{.driver = text_of(answer.driver),
                          .card = text_of(answer.card),
                          .device_caps = per_node ? answer.device_caps : answer.capabilities};
}

std::optional<std::uint32_t> v4l2_buffer_type(Queue queue, std::uint32_t device_caps) {
    struct Type {
        std::uint32_t caps;
        std::uint32_t type;
    };
    static constexpr std::array capture{
        Type{.caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M,
             .type = V4L2_BUF_TYPE_VIDEO_CAPTURE},
        Type{.caps = V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_M2M_MPLANE,
             .type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE}};
    static constexpr std::array output{
        Type{.caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_VIDEO_M2M,
             .type = V4L2_BUF_TYPE_VIDEO_OUTPUT},
        Type{.caps = V4L2_CAP_VIDEO_OUTPUT_MPLANE | V4L2_CAP_VIDEO_M2M_MPLANE,
             .type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE}};
    for (const auto& [caps, type] : queue == Queue::capture ? capture : output) {
        if ((device_caps & caps) != 0)
            return type;
    }
    return std::nullopt;
}

bool v4l2_is_mem2mem(std::uint32_t device_caps) {
    return (device_caps & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)) != 0;
}

std::optional<VideoFormat> v4l2_video_format(int fd, std::uint32_t type) {
    v4l2_format format{};
    format.type = type;
    if (retried_ioctl(fd, VIDIOC_G_FMT, &format) != 0)
        return std::nullopt;
    if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
        const v4l2_pix_format_mplane& set = format.fmt.pix_mp;
        return VideoFormat{.pixel_format = set.pixelformat,
                           .width = set.width,
                           .height = set.height,
                           .stride = set.plane_fmt[0].bytesperline,
                           .buffers = set.num_planes};
    }
    const v4l2_pix_format& set = format.fmt.pix;
    return VideoFormat{.pixel_format = set.pixelformat,
                       .width = set.width,
                       .height = set.height,
                       .stride = set.bytesperline,
                       .buffers = 1};
}

bool v4l2_is_coded(int fd, std::uint32_t type) {
    v4l2_fmtdesc description{};
    description.type = type;
    return retried_ioctl(fd, VIDIOC_ENUM_FMT, &description) == 0 &&
           (description.flags & V4L2_FMT_FLAG_COMPRESSED) != 0;
}

Result<HeapEntry> v4l2_enum_heap(int fd, std::uint32_t type, std::uint32_t index) {
    v4l2_heap entry{};
    entry.index = index;
    entry.type = type;
    if (const int code = retried_ioctl(fd, VIDIOC_ENUM_HEAPS, &entry); code != 0)
        return std::unexpected(
            Error{.code = code,
                  .operation = "list the heaps that a device can use",
                  .subject = std::format("VIDIOC_ENUM_HEAPS, type {}, entry {}", type, index),
                  .hint = {}});
    return heap_entry({.flags = entry.flags,
                       .accounting = entry.accounting,
                       .use = entry.use,
                       .name = entry.name,
                       .cgroup_region = entry.cgroup_region});
}

} // namespace heapsel::uapi
