// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <heapsel/allocator.hpp>
#include <heapsel/buffer.hpp>
#include <heapsel/buffer_layout.hpp>
#include <heapsel/camera.hpp>
#include <heapsel/error.hpp>
#include <heapsel/pixel_format.hpp>

#include <libcamera/base/shared_fd.h>
#include <libcamera/camera.h>
#include <libcamera/framebuffer.h>
#include <libcamera/property_ids.h>
#include <libcamera/stream.h>

/// @file
/// @brief For applications of libcamera: which heap suits a stream, and its frames from there.
///
/// This header alone has it: libheapsel is not linked with libcamera, whose ABI changes with each
/// of its versions, so that an application brings its own one, 0.3 or later. It needs C++23, as all
/// of heapsel's headers do; a program in an older C++ has one file of its own for it.
///
/// The order of calls, in the words of libcamera: acquire, generateConfiguration, validate,
/// *configure*; then
///
///     auto filled = heapsel::consumers_of(*camera, config->at(0));
///     heapsel::Request wishes{.devices = {"card0"}, .consumers = filled->consumers};
///     auto allocator = heapsel::allocator_for(wishes);
///     heapsel::FrameBuffers buffers(camera, *std::move(allocator));
///     auto count = buffers.allocate(config->at(0).stream());
///
/// and createRequest, addBuffer, start, as with libcamera's own allocator. What the camera's driver
/// is bound to (heapsel-bind) plays no part for these buffers, as it does not allocate them.

namespace heapsel {

/// What `consumers_of_stream` looks for, of a stream that `camera` was configured with.
[[nodiscard]] inline CameraStream camera_stream(const libcamera::Camera& camera,
                                                const libcamera::StreamConfiguration& stream) {
    CameraStream looked_for{.format = stream.pixelFormat.fourcc(),
                            .width = stream.size.width,
                            .height = stream.size.height,
                            .stride = stream.stride};
    if (const auto numbers = camera.properties().get(libcamera::properties::SystemDevices))
        looked_for.devices.assign(numbers->begin(), numbers->end());
    return looked_for;
}

/// Who fills the frames of `stream`, with which `camera` was configured, and what that takes of the
/// memory. Errors: those of `consumers_of_stream`.
[[nodiscard]] inline Result<StreamConsumers>
consumers_of(const libcamera::Camera& camera, const libcamera::StreamConfiguration& stream) {
    return consumers_of_stream(camera_stream(camera, stream));
}

/// Where the planes of the frames of a configured stream are, in one dma-buf: by its stride, as
/// libcamera lays them out. Pictures of which the planes are not known (raw, coded) are one plane.
///
/// EINVAL: the stream has no size or no stride: it is not configured. Errors of
/// `buffer_layout_of_stride`, where the stream contradicts itself.
[[nodiscard]] inline Result<BufferLayout>
frame_layout_of(const libcamera::StreamConfiguration& stream) {
    if (stream.frameSize == 0)
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "lay out a frame of the camera",
                                     .subject = stream.toString(),
                                     .hint = "A frame has no size before the camera is configured "
                                             "with the stream."});
    const std::uint32_t format = stream.pixelFormat.fourcc();
    const bool known = stream.pixelFormat.modifier() == 0 && buffer_layout(format, 2, 2);
    if (!known) {
        auto plain = plain_layout(stream.frameSize);
        plain.planes.front().stride = stream.stride;
        return plain;
    }
    return buffer_layout_of_stride(format, stream.size.width, stream.size.height, stream.stride)
        .transform([&](BufferLayout layout) {
            // What a device wants behind the last line it says by the size of the frame alone.
            layout.buffer_sizes.front() = std::max(layout.buffer_sizes.front(), stream.frameSize);
            return layout;
        });
}

/// The frames of a camera's streams from heaps, in the shape of libcamera's FrameBufferAllocator:
/// one dma-buf a frame, its planes one behind the other. Move-only; to be used from one thread at a
/// time. Must outlive all requests that have one of its buffers, and the camera's last stop().
///
/// Each dma-buf has two descriptors, which are never duplicated or closed as long as the stream has
/// its buffers: one that libcamera knows it by, since it recognises a buffer by the number, and one
/// of the `Buffer`.
class FrameBuffers {
  public:
    /// Takes over `allocator`. `camera` is not null.
    FrameBuffers(std::shared_ptr<libcamera::Camera> camera, Allocator allocator)
        : camera_(std::move(camera)), allocator_(std::move(allocator)) {}

    /// Allocates `count` frames for `stream`, which the camera is configured with; without `count`,
    /// as many as the camera has room for (StreamConfiguration::bufferCount). Returns how many.
    ///
    /// EINVAL: the stream is none of the camera's, or not configured; `count` is 0, or more than
    /// the camera has room for, which would run out of places for them. EBUSY: it has its buffers.
    /// ENOTSUP: the camera wants the planes of a frame in dma-bufs of their own (V4L2's NV12M).
    /// ENOMEM: the heaps are exhausted, as of `Allocator::allocate`; the subject says at which
    /// frame. EMFILE: the process has too many open files. Errors of `consumers_of`,
    /// `frame_layout_of` and `Allocator::allocate`. After an error the stream has no buffers.
    [[nodiscard]] Result<unsigned> allocate(libcamera::Stream* stream,
                                            std::optional<unsigned> count = std::nullopt) {
        if (stream == nullptr || !camera_->streams().contains(stream))
            return refused(EINVAL, "the stream", "It is none of this camera's streams.");
        const libcamera::StreamConfiguration& set = stream->configuration();
        if (frames_.contains(stream))
            return refused(EBUSY, set.toString(), "The stream has its buffers; free them first.");
        const unsigned wanted = count.value_or(set.bufferCount);
        if (wanted == 0 || wanted > set.bufferCount)
            return refused(
                EINVAL, std::format("{} buffers for {}", wanted, set.toString()),
                std::format("The camera takes 1 to {} buffers for this stream.", set.bufferCount));
        auto layout = layout_for(set);
        if (!layout)
            return std::unexpected(std::move(layout.error()));
        auto made = make(*std::move(layout), wanted);
        if (!made)
            return std::unexpected(std::move(made.error()));
        frames_.emplace(stream, *std::move(made));
        return wanted;
    }

    /// Lets go of the stream's buffers; the camera is stopped. What others hold of them stays
    /// alive.
    ///
    /// EINVAL: it has none.
    [[nodiscard]] Result<void> free(libcamera::Stream* stream) {
        if (frames_.erase(stream) == 0)
            return std::unexpected(Error{.code = EINVAL,
                                         .operation = "free the buffers of a stream",
                                         .subject = {},
                                         .hint = "It has none from here."});
        return {};
    }

    /// Whether some stream has buffers.
    [[nodiscard]] bool allocated() const { return !frames_.empty(); }

    /// Those of the stream, for requests; none if it has none. Valid until they are freed.
    [[nodiscard]] const std::vector<std::unique_ptr<libcamera::FrameBuffer>>&
    buffers(libcamera::Stream* stream) const {
        static const std::vector<std::unique_ptr<libcamera::FrameBuffer>> none;
        const auto found = frames_.find(stream);
        return found == frames_.end() ? none : found->second.buffers;
    }

    /// Where the planes of the stream's frames are; null if it has none.
    [[nodiscard]] const BufferLayout* layout(libcamera::Stream* stream) const {
        const auto found = frames_.find(stream);
        return found == frames_.end() ? nullptr : &found->second.layout;
    }

    /// The memory of one of these buffers, for a display (`fd`) or the CPU (`begin_access`); null
    /// if it is from elsewhere. Valid as long as the buffer is.
    [[nodiscard]] Buffer* memory(const libcamera::FrameBuffer* buffer) {
        for (auto& [stream, frames] : frames_) {
            const auto found = std::ranges::find(frames.buffers, buffer,
                                                 &std::unique_ptr<libcamera::FrameBuffer>::get);
            if (found != frames.buffers.end())
                return &frames.memory[static_cast<std::size_t>(found - frames.buffers.begin())];
        }
        return nullptr;
    }

  private:
    struct Frames {
        BufferLayout layout{};
        std::vector<Buffer> memory{};
        std::vector<std::unique_ptr<libcamera::FrameBuffer>> buffers{};
    };

    static std::unexpected<Error> refused(int code, std::string subject, std::string hint) {
        return std::unexpected(Error{.code = code,
                                     .operation = "allocate the frames of a camera",
                                     .subject = std::move(subject),
                                     .hint = std::move(hint)});
    }

    [[nodiscard]] Result<BufferLayout> layout_for(const libcamera::StreamConfiguration& set) const {
        const auto filled = consumers_of(*camera_, set);
        if (!filled)
            return std::unexpected(filled.error());
        // libcamera hands over no offsets: one dma-buf for all planes would have them on top of
        // each other.
        if (filled->buffers > 1)
            return refused(ENOTSUP, set.toString(),
                           "The camera wants each plane of this format in a dma-buf of its own. "
                           "Take another pixel format.");
        return frame_layout_of(set);
    }

    [[nodiscard]] Result<Frames> make(BufferLayout layout, unsigned count) const {
        Frames frames{.layout = std::move(layout)};
        const std::size_t size = frames.layout.buffer_sizes.front();
        for (unsigned i = 0; i < count; ++i) {
            auto memory = allocator_.allocate(size, "camera");
            if (!memory) {
                Error error = std::move(memory.error());
                error.subject =
                    std::format("frame {} of {}, {}", i + 1, count, std::move(error.subject));
                return std::unexpected(std::move(error));
            }
            auto buffer = frame_buffer(*memory, frames.layout);
            if (!buffer)
                return std::unexpected(std::move(buffer.error()));
            frames.memory.push_back(*std::move(memory));
            frames.buffers.push_back(*std::move(buffer));
        }
        return frames;
    }

    [[nodiscard]] static Result<std::unique_ptr<libcamera::FrameBuffer>>
    frame_buffer(const Buffer& memory, const BufferLayout& layout) {
        int number = ::fcntl(memory.fd(), F_DUPFD_CLOEXEC, 0);
        if (number < 0)
            return refused(errno, memory.heap(), "Another descriptor is needed for each buffer.");
        const libcamera::SharedFD fd{std::move(number)}; // Takes it over; one for all planes.
        std::vector<libcamera::FrameBuffer::Plane> planes;
        for (const PlaneLayout& plane : layout.planes) {
            libcamera::FrameBuffer::Plane& added = planes.emplace_back();
            added.fd = fd;
            added.offset = plane.offset;
            added.length = plane.size;
        }
        return std::make_unique<libcamera::FrameBuffer>(planes);
    }

    std::shared_ptr<libcamera::Camera> camera_;
    Allocator allocator_;
    std::map<libcamera::Stream*, Frames> frames_;
};

} // namespace heapsel
