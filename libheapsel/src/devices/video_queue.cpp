// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/video_queue.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <string>

#include <linux/videodev2.h>

#include <heapsel/pixel_format.hpp>

#include "devices/device_argument.hpp"
#include "uapi/v4l2.hpp"
#include "uapi/v4l2_stream.hpp"

namespace heapsel {
namespace {

// A driver whose list does not end is believed so far.
constexpr std::uint32_t most_formats = 1024;

std::string queue_name(Queue queue) {
    return std::format("the {} queue", to_string(queue));
}

/// Says which queue it was.
Error of_queue(Queue queue, Error error, std::string hint = {}) {
    error.subject = std::format("{}, {}", queue_name(queue), error.subject);
    if (!hint.empty())
        error.hint = std::move(hint);
    return error;
}

/// Each plane at the beginning of a dma-buf of its own.
BufferLayout layout_of_planes(const uapi::V4l2Format& set) {
    BufferLayout layout;
    for (const auto& [stride, size] : set.planes) {
        layout.planes.push_back(
            {.buffer = layout.buffer_sizes.size(), .offset = 0, .stride = stride, .size = size});
        layout.buffer_sizes.push_back(size);
    }
    return layout;
}

Result<BufferLayout> layout_of(const uapi::V4l2Format& set) {
    if (set.planes.size() > 1)
        return layout_of_planes(set);
    const auto [stride, size] = set.planes.front();
    const std::uint32_t format = format_of_v4l2(set.pixel_format);
    if (stride == 0 || !buffer_layout(format, 2, 2)) {
        auto plain = plain_layout(size);
        if (stride != 0)
            plain.planes.front().stride = stride;
        return plain;
    }
    return buffer_layout_of_stride(format, set.size.width, set.size.height, stride)
        .transform([&](BufferLayout layout) {
            // Some drivers keep data of their own behind the picture.
            layout.buffer_sizes.front() = std::max(layout.buffer_sizes.front(), size);
            return layout;
        });
}

/// All of a frame where the driver says nothing, or what cannot be.
FrameSize visible_size(int fd, std::uint32_t type, FrameSize frame) {
    const FrameSize said = uapi::v4l2_visible_size(fd, type).value_or(frame);
    const bool fits = said.width <= frame.width && said.height <= frame.height;
    return fits && said.width != 0 && said.height != 0 ? said : frame;
}

Result<QueueFormat> read_format(int fd, std::uint32_t type, const uapi::V4l2Format& set) {
    auto layout = layout_of(set);
    if (!layout)
        return std::unexpected(std::move(layout.error()));
    QueueFormat format;
    format.pixel_format = set.pixel_format;
    format.width = set.size.width;
    format.height = set.size.height;
    format.stride = set.planes.front().stride;
    format.buffers = static_cast<std::uint32_t>(set.planes.size());
    const FrameSize visible = visible_size(fd, type, set.size);
    format.visible_width = visible.width;
    format.visible_height = visible.height;
    format.layout = *std::move(layout);
    return format;
}

} // namespace

Result<VideoQueue> VideoQueue::create(const VideoDevice& device, int fd, Queue queue) {
    const auto capability = uapi::v4l2_query_capability(fd);
    if (!capability)
        return std::unexpected(capability.error());
    const auto memory = memory_of(device, {.device = device.node, .queue = queue, .use = {}});
    if (!memory)
        return std::unexpected(memory.error());
    const auto type = uapi::v4l2_buffer_type(queue, capability->device_caps);
    if (!type)
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "find " + queue_name(queue),
                                     .subject = device.node,
                                     .hint = "The open file is of another device."});
    return VideoQueue(fd, queue, *type, policy_target(device, **memory, queue));
}

std::vector<std::uint32_t> VideoQueue::formats() const {
    std::vector<std::uint32_t> formats;
    for (std::uint32_t i = 0; i < most_formats; ++i) {
        const auto format = uapi::v4l2_format_at(fd_, type_, i);
        if (!format)
            break;
        formats.push_back(*format);
    }
    return formats;
}

Result<QueueFormat> VideoQueue::format() const {
    return uapi::v4l2_format_of(fd_, type_)
        .and_then([&](const auto& set) { return read_format(fd_, type_, set); })
        .transform_error([&](Error error) { return of_queue(queue_, std::move(error)); });
}

Result<QueueFormat> VideoQueue::set_format(std::uint32_t pixel_format) {
    return uapi::v4l2_set_format(fd_, type_, pixel_format)
        .and_then([&](const auto& set) { return read_format(fd_, type_, set); })
        .transform_error([&](Error error) { return of_queue(queue_, std::move(error)); });
}

Result<ParsedConsumer> VideoQueue::consumer() const {
    return Consumer::v4l2(fd_, queue_).transform([&](const Consumer& consumer) {
        return ParsedConsumer{.consumer = consumer, .show = {}, .target = target_};
    });
}

std::size_t VideoQueue::least_frames() const {
    const auto least =
        uapi::v4l2_control_value(fd_, queue_ == Queue::capture ? V4L2_CID_MIN_BUFFERS_FOR_CAPTURE
                                                               : V4L2_CID_MIN_BUFFERS_FOR_OUTPUT);
    return static_cast<std::size_t>(std::max(least.value_or(1), 1));
}

Result<void> VideoQueue::start(std::size_t frames) {
    const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(frames, UINT32_MAX));
    const auto room = uapi::v4l2_request_buffers(fd_, type_, count);
    if (!room)
        return std::unexpected(of_queue(queue_, room.error()));
    if (*room < frames)
        return std::unexpected(of_queue(
            queue_, {.code = ENOBUFS,
                     .operation = std::format("have room for {} frames", frames),
                     .subject = "VIDIOC_REQBUFS",
                     .hint = std::format("The driver has room for {}: use so many.", *room)}));
    return uapi::v4l2_stream(fd_, type_, true).transform_error([&](Error error) {
        return of_queue(queue_, std::move(error));
    });
}

Result<void> VideoQueue::stop() {
    const auto stopped = uapi::v4l2_stream(fd_, type_, false);
    if (!stopped)
        return std::unexpected(of_queue(queue_, stopped.error()));
    const auto freed = uapi::v4l2_request_buffers(fd_, type_, 0);
    if (!freed)
        return std::unexpected(of_queue(queue_, freed.error()));
    lent_.clear();
    return {};
}

Result<void> VideoQueue::lend(Lease frame, std::size_t bytes) {
    const auto& sizes = frame.layout().buffer_sizes;
    if (sizes.size() > VIDEO_MAX_PLANES)
        return std::unexpected(of_queue(queue_, {.code = EINVAL,
                                                 .operation = "lend a frame",
                                                 .subject = "its layout",
                                                 .hint = "It has too many dma-bufs."}));
    std::vector<uapi::V4l2DmaBuf> bufs;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        bufs.push_back({.fd = frame.fd(i),
                        .size = sizes[i],
                        .used = i == 0 ? static_cast<std::uint32_t>(bytes) : 0});
    const std::size_t index = frame.index();
    const auto given = uapi::v4l2_enqueue(fd_, type_, static_cast<std::uint32_t>(index), bufs);
    if (!given)
        return std::unexpected(
            of_queue(queue_, given.error(),
                     "If the device cannot use such memory, require what it needs (contiguous)."));
    lent_.insert_or_assign(index, std::move(frame));
    return {};
}

Result<void> VideoQueue::lend_all(BufferPool& pool) {
    for (;;) {
        auto frame = pool.acquire(target_.driver);
        if (!frame && frame.error().code == EAGAIN)
            return {};
        if (!frame)
            return std::unexpected(std::move(frame.error()));
        if (auto lent = lend(*std::move(frame)); !lent)
            return lent;
    }
}

Result<std::optional<ReturnedFrame>> VideoQueue::take_back() {
    const auto dequeued = uapi::v4l2_dequeue(fd_, type_);
    if (!dequeued)
        return std::unexpected(of_queue(queue_, dequeued.error()));
    const std::optional<uapi::V4l2Done>& done = *dequeued;
    if (!done)
        return std::nullopt;
    auto lent = lent_.extract(done->index);
    if (lent.empty())
        return std::unexpected(of_queue(
            queue_,
            {.code = EBADMSG,
             .operation = "take a frame back",
             .subject = "VIDIOC_DQBUF",
             .hint = std::format("The driver is faulty: it did not have frame {}.", done->index)}));
    return ReturnedFrame{.frame = std::move(lent.mapped()),
                         .bytes = done->bytes,
                         .broken = (done->flags & V4L2_BUF_FLAG_ERROR) != 0,
                         .last = (done->flags & V4L2_BUF_FLAG_LAST) != 0};
}

} // namespace heapsel
