// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call.hpp"
#include "json_line.hpp"
#include "state.hpp"

#include <algorithm>
#include <array>
#include <linux/videodev2.h>
#include <string_view>

namespace witness {
namespace {

std::string_view type_name(uint32_t type) {
    switch (type) {
    case V4L2_BUF_TYPE_VIDEO_CAPTURE:
        return "capture";
    case V4L2_BUF_TYPE_VIDEO_OUTPUT:
        return "output";
    case V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE:
        return "capture-mplane";
    case V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE:
        return "output-mplane";
    case V4L2_BUF_TYPE_META_CAPTURE:
        return "meta-capture";
    case V4L2_BUF_TYPE_META_OUTPUT:
        return "meta-output";
    default:
        return "other";
    }
}

std::string_view memory_name(uint32_t memory) {
    switch (memory) {
    case V4L2_MEMORY_MMAP:
        return "mmap";
    case V4L2_MEMORY_USERPTR:
        return "userptr";
    case V4L2_MEMORY_DMABUF:
        return "dmabuf";
    default:
        return "other";
    }
}

void put_head(JsonLine& line, const Call& call, uint32_t type) {
    put_times(line, call);
    put_device(line, call.fd);
    line.text("type", type_name(type));
}

/** The planes of a buffer of either API as one shape. */
struct PlaneView {
    uint32_t count = 0;
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
};

PlaneView planes_of(const v4l2_buffer& buffer) {
    PlaneView view;
    if (V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) {
        view.count = buffer.m.planes ? std::min<uint32_t>(buffer.length, VIDEO_MAX_PLANES) : 0;
        std::copy_n(buffer.m.planes, view.count, view.planes.begin());
        return view;
    }
    view.count = 1;
    view.planes[0].bytesused = buffer.bytesused;
    view.planes[0].length = buffer.length;
    if (buffer.memory == V4L2_MEMORY_DMABUF)
        view.planes[0].m.fd = buffer.m.fd;
    else
        view.planes[0].m.mem_offset = buffer.m.offset;
    return view;
}

void observe_reqbufs(Call& call) {
    call.perform();
    const auto& request = call.as<v4l2_requestbuffers>();
    // The indices start anew: what they stood for is gone.
    if (!call.failed())
        forget_v4l2_queue(file_of(call.fd), request.type);
    JsonLine line("reqbufs");
    put_head(line, call, request.type);
    line.text("memory", memory_name(request.memory)).number("count", request.count);
    emit(line);
}

void observe_create_bufs(Call& call) {
    call.perform();
    const auto& create = call.as<v4l2_create_buffers>();
    JsonLine line("create_bufs");
    put_head(line, call, create.format.type);
    line.text("memory", memory_name(create.memory));
    line.number("index", create.index).number("count", create.count);
    emit(line);
}

void observe_querybuf(Call& call) {
    call.perform();
    if (call.failed())
        return;
    const auto& buffer = call.as<v4l2_buffer>();
    const PlaneView view = planes_of(buffer);
    JsonLine line("querybuf");
    put_head(line, call, buffer.type);
    line.number("index", buffer.index).text("memory", memory_name(buffer.memory));
    line.open_array("planes");
    for (uint32_t i = 0; i < view.count; ++i) {
        line.open_object().number("length", view.planes[i].length);
        if (buffer.memory == V4L2_MEMORY_MMAP)
            line.number("offset", view.planes[i].m.mem_offset);
        line.close_object();
    }
    line.close_array();
    emit(line);
}

void observe_expbuf(Call& call) {
    call.perform();
    const auto& exported = call.as<v4l2_exportbuffer>();
    const uint64_t inode = call.failed() ? 0 : dma_buf_inode(exported.fd);
    if (inode)
        set_v4l2_inode(file_of(call.fd), exported.type, exported.index, exported.plane, inode);
    JsonLine line("expbuf");
    put_head(line, call, exported.type);
    line.number("index", exported.index).number("plane", exported.plane);
    put_inode(line, inode);
    emit(line);
}

using Inodes = std::array<uint64_t, VIDEO_MAX_PLANES>;

Inodes inodes_of(const Call& call, const v4l2_buffer& buffer) {
    const uint32_t file = file_of(call.fd);
    Inodes inodes{};
    for (uint32_t i = 0; i < inodes.size(); ++i)
        inodes[i] = v4l2_inode(file, buffer.type, buffer.index, i);
    return inodes;
}

void put_buffer(JsonLine& line, const v4l2_buffer& buffer, const PlaneView& view,
                const Inodes& inodes) {
    line.number("index", buffer.index).text("memory", memory_name(buffer.memory));
    line.hex("flags", buffer.flags).number("sequence", buffer.sequence);
    line.number("ts_us",
                int64_t{buffer.timestamp.tv_sec} * 1'000'000 + int64_t{buffer.timestamp.tv_usec});
    line.open_array("planes");
    for (uint32_t i = 0; i < view.count; ++i) {
        line.open_object();
        line.number("bytesused", view.planes[i].bytesused).number("length", view.planes[i].length);
        put_inode(line, inodes[i]);
        line.close_object();
    }
    line.close_array();
}

void observe_qbuf(Call& call) {
    // Everything is read before the call: the moment it returns, other threads may have dequeued
    // this very index and queued it anew with another dma-buf.
    const v4l2_buffer buffer = call.as<v4l2_buffer>();
    const PlaneView view = planes_of(buffer);
    if (buffer.memory == V4L2_MEMORY_DMABUF) {
        const uint32_t file = file_of(call.fd);
        for (uint32_t i = 0; i < view.count; ++i)
            set_v4l2_inode(file, buffer.type, buffer.index, i, dma_buf_inode(view.planes[i].m.fd));
    }
    const Inodes inodes = inodes_of(call, buffer);
    call.perform();
    JsonLine line("qbuf");
    put_head(line, call, buffer.type);
    put_buffer(line, buffer, view, inodes);
    emit(line);
}

void observe_dqbuf(Call& call) {
    call.perform();
    if (!worth_recording(call))
        return;
    const auto& buffer = call.as<v4l2_buffer>();
    JsonLine line("dqbuf");
    put_head(line, call, buffer.type);
    if (!call.failed())
        put_buffer(line, buffer, planes_of(buffer), inodes_of(call, buffer));
    emit(line);
}

void observe_stream(Call& call, std::string_view event) {
    call.perform();
    JsonLine line(event);
    put_head(line, call, static_cast<uint32_t>(call.as<int>()));
    emit(line);
}

} // namespace

bool observe_v4l2(Call& call) {
    switch (call.request) {
    case VIDIOC_REQBUFS:
        observe_reqbufs(call);
        return true;
    case VIDIOC_CREATE_BUFS:
        observe_create_bufs(call);
        return true;
    case VIDIOC_QUERYBUF:
        observe_querybuf(call);
        return true;
    case VIDIOC_EXPBUF:
        observe_expbuf(call);
        return true;
    case VIDIOC_QBUF:
        observe_qbuf(call);
        return true;
    case VIDIOC_DQBUF:
        observe_dqbuf(call);
        return true;
    case VIDIOC_STREAMON:
        observe_stream(call, "streamon");
        return true;
    case VIDIOC_STREAMOFF:
        observe_stream(call, "streamoff");
        return true;
    default:
        return false;
    }
}

} // namespace witness
