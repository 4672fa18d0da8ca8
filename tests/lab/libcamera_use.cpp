// SPDX-License-Identifier: LGPL-2.1-or-later
//
// An application that uses all of <heapsel/libcamera.hpp>, to be compiled with the headers of one
// version of libcamera after another.

#include <heapsel/libcamera.hpp>
#include <heapsel/take.hpp>

namespace {

heapsel::Result<unsigned> frames_for(const std::shared_ptr<libcamera::Camera>& camera,
                                     libcamera::StreamConfiguration& configured) {
    const auto filled = heapsel::consumers_of(*camera, configured);
    if (!filled)
        return std::unexpected(filled.error());
    auto allocator = heapsel::allocator_for({.consumers = filled->consumers});
    if (!allocator)
        return std::unexpected(allocator.error());
    heapsel::FrameBuffers frames(camera, *std::move(allocator));
    heapsel::FrameBuffers moved(std::move(frames));
    libcamera::Stream* const stream = configured.stream();
    const auto count = moved.allocate(stream, configured.bufferCount);
    for (const auto& buffer : moved.buffers(stream)) {
        if (auto* const memory = moved.memory(buffer.get()); memory == nullptr)
            return 0U;
    }
    if (moved.allocated() && moved.layout(stream)->planes.size() > 1)
        return moved.free(stream).transform([] { return 0U; });
    return count;
}

} // namespace

heapsel::Result<heapsel::BufferLayout> layout(const libcamera::StreamConfiguration& configured);
heapsel::Result<heapsel::BufferLayout> layout(const libcamera::StreamConfiguration& configured) {
    return heapsel::frame_layout_of(configured);
}

int main() {
    libcamera::StreamConfiguration configured;
    return frames_for(nullptr, configured) ? 0 : 1;
}
