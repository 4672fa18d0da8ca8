// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video_queue.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <print>
#include <span>
#include <sys/ioctl.h>
#include <sys/mman.h>

namespace board {
namespace {

using heapsel::UniqueFd;

[[noreturn]] void give_up(const std::string& node, const char* what) {
    std::println(stderr, "{}: {}: {}", node, what, std::strerror(errno));
    std::exit(2);
}

v4l2_buf_type type_of(std::uint32_t capabilities, VideoQueue::Side side) {
    const bool planar = (capabilities & (V4L2_CAP_VIDEO_M2M_MPLANE | V4L2_CAP_VIDEO_CAPTURE_MPLANE |
                                         V4L2_CAP_VIDEO_OUTPUT_MPLANE)) != 0;
    if (side == VideoQueue::Side::capture)
        return planar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return planar ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

std::vector<unsigned> sizes_of(const v4l2_format& format) {
    if (!V4L2_TYPE_IS_MULTIPLANAR(format.type))
        return {format.fmt.pix.sizeimage};
    std::vector<unsigned> sizes;
    for (const auto& plane :
         std::span(format.fmt.pix_mp.plane_fmt).first(format.fmt.pix_mp.num_planes))
        sizes.push_back(plane.sizeimage);
    return sizes;
}

/// The argument of VIDIOC_QBUF and so on, with room for the planes.
struct Buffer {
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    v4l2_buffer buffer{};

    Buffer(v4l2_buf_type type, unsigned index, std::size_t count) {
        buffer.type = type;
        buffer.index = index;
        if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
            buffer.m.planes = planes.data();
            buffer.length = static_cast<unsigned>(count);
        }
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
};

} // namespace

VideoQueue::VideoQueue(const std::string& node, Side side)
    : node_(open(node.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK)) {
    if (!node_)
        give_up(node, "open");
    v4l2_capability capability{};
    if (call(VIDIOC_QUERYCAP, &capability) != 0)
        give_up(node, "VIDIOC_QUERYCAP");
    type_ = type_of(capability.device_caps, side);
    v4l2_format format{};
    format.type = type_;
    if (call(VIDIOC_G_FMT, &format) != 0)
        give_up(node, "VIDIOC_G_FMT");
    sizes_ = sizes_of(format);
}

int VideoQueue::call(unsigned long request, void* argument) const {
    return ioctl(node_.get(), request, argument) == 0 ? 0 : errno;
}

OrErrno<unsigned> VideoQueue::request(v4l2_memory memory, unsigned count) const {
    v4l2_requestbuffers request{};
    request.type = type_;
    request.memory = memory;
    request.count = count;
    if (const int error = call(VIDIOC_REQBUFS, &request))
        return std::unexpected(error);
    return request.count;
}

OrErrno<UniqueFd> VideoQueue::exported(unsigned index, unsigned plane) const {
    v4l2_exportbuffer request{};
    request.type = type_;
    request.index = index;
    request.plane = plane;
    request.flags = O_RDWR | O_CLOEXEC;
    if (const int error = call(VIDIOC_EXPBUF, &request))
        return std::unexpected(error);
    return UniqueFd(request.fd);
}

OrErrno<Mapping> VideoQueue::mapped(unsigned index, unsigned plane) const {
    Buffer request(type_, index, sizes_.size());
    request.buffer.memory = V4L2_MEMORY_MMAP;
    if (const int error = call(VIDIOC_QUERYBUF, &request.buffer))
        return std::unexpected(error);
    const auto offset = planar() ? request.planes.at(plane).m.mem_offset : request.buffer.m.offset;
    return Mapping::of(node_.get(), sizes_.at(plane), offset);
}

int VideoQueue::enqueue(unsigned index, const std::vector<int>& dma_bufs) const {
    Buffer request(type_, index, sizes_.size());
    request.buffer.memory = dma_bufs.empty() ? V4L2_MEMORY_MMAP : V4L2_MEMORY_DMABUF;
    request.buffer.field = V4L2_FIELD_NONE;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
        const int dma_buf = dma_bufs.empty() ? 0 : dma_bufs.at(i);
        if (planar()) {
            request.planes.at(i).bytesused = request.planes.at(i).length = sizes_[i];
            if (!dma_bufs.empty())
                request.planes.at(i).m.fd = dma_buf;
        } else {
            request.buffer.bytesused = request.buffer.length = sizes_[i];
            if (!dma_bufs.empty())
                request.buffer.m.fd = dma_buf;
        }
    }
    const int error = call(VIDIOC_QBUF, &request.buffer);
    return error == EBADR ? call(VIDIOC_PREPARE_BUF, &request.buffer) : error;
}

OrErrno<unsigned> VideoQueue::dequeue() const {
    Buffer request(type_, 0, sizes_.size());
    request.buffer.memory = V4L2_MEMORY_MMAP;
    if (const int error = call(VIDIOC_DQBUF, &request.buffer))
        return std::unexpected(error);
    return request.buffer.index;
}

int VideoQueue::stream(bool on) const {
    int type = static_cast<int>(type_);
    return call(on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type);
}

} // namespace board
