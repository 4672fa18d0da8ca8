// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Preloaded into a program of libcamera, this takes the place of its FrameBufferAllocator: the
// frames come from the heap that libheapsel chooses for the stream and the policies (HEAPSEL_HEAP,
// HEAPSEL_REQUIRE, ...), and the camera imports them. So `cam` and `lc-compliance`, unchanged, test
// what an application of <heapsel/libcamera.hpp> does.

#include <heapsel/libcamera.hpp>
#include <heapsel/take.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <print>
#include <string>
#include <utility>

#include <libcamera/framebuffer_allocator.h>

namespace {

using libcamera::FrameBufferAllocator;
using libcamera::Stream;

/// The frames of each stream of each allocator: each stream may have a heap of its own.
class Frames {
  public:
    using OfStreams = std::map<Stream*, heapsel::FrameBuffers>;

    static Frames& of_process() {
        static Frames frames;
        return frames;
    }

    void add(const FrameBufferAllocator* owner, Stream* stream, heapsel::FrameBuffers frames) {
        const std::lock_guard lock(mutex_);
        frames_[owner].emplace(stream, std::move(frames));
    }
    const std::vector<std::unique_ptr<libcamera::FrameBuffer>>*
    find(const FrameBufferAllocator* owner, Stream* stream) {
        const std::lock_guard lock(mutex_);
        const auto streams = frames_.find(owner);
        if (streams == frames_.end() || !streams->second.contains(stream))
            return nullptr;
        return &streams->second.at(stream).buffers(stream);
    }
    bool remove(const FrameBufferAllocator* owner, Stream* stream) {
        const std::lock_guard lock(mutex_);
        const auto streams = frames_.find(owner);
        return streams != frames_.end() && streams->second.erase(stream) != 0;
    }
    void remove(const FrameBufferAllocator* owner) {
        const std::lock_guard lock(mutex_);
        frames_.erase(owner);
    }

  private:
    std::mutex mutex_;
    std::map<const FrameBufferAllocator*, OfStreams> frames_;
};

heapsel::Result<heapsel::FrameBuffers> allocate(const std::shared_ptr<libcamera::Camera>& camera,
                                                Stream* stream) {
    const auto filled = heapsel::consumers_of(*camera, stream->configuration());
    if (!filled)
        return std::unexpected(filled.error());
    auto allocator = heapsel::allocator_for(
        {.consumers = filled->consumers, .size = stream->configuration().frameSize});
    if (!allocator)
        return std::unexpected(std::move(allocator.error()));
    heapsel::FrameBuffers frames(camera, *std::move(allocator));
    return frames.allocate(stream).transform([&](unsigned count) {
        const auto& first = frames.buffers(stream).front();
        std::println(stderr, "camera-heap: {} frames from {}", count,
                     frames.memory(first.get())->heap());
        return std::move(frames);
    });
}

} // namespace

namespace libcamera {

FrameBufferAllocator::FrameBufferAllocator(std::shared_ptr<Camera> camera)
    : camera_(std::move(camera)) {}

FrameBufferAllocator::~FrameBufferAllocator() {
    Frames::of_process().remove(this);
}

int FrameBufferAllocator::allocate(Stream* stream) {
    if (Frames::of_process().find(this, stream) != nullptr)
        return -EBUSY;
    auto frames = ::allocate(camera_, stream);
    if (!frames) {
        std::println(stderr, "camera-heap: {}", frames.error().message());
        return -frames.error().code;
    }
    const auto count = static_cast<int>(frames->buffers(stream).size());
    Frames::of_process().add(this, stream, *std::move(frames));
    // allocated() is inline, and looks whether there is an entry.
    buffers_.try_emplace(stream);
    return count;
}

int FrameBufferAllocator::free(Stream* stream) {
    buffers_.erase(stream);
    return Frames::of_process().remove(this, stream) ? 0 : -EINVAL;
}

const std::vector<std::unique_ptr<FrameBuffer>>&
FrameBufferAllocator::buffers(Stream* stream) const {
    static const std::vector<std::unique_ptr<FrameBuffer>> none;
    const auto* const frames = Frames::of_process().find(this, stream);
    return frames == nullptr ? none : *frames;
}

} // namespace libcamera
