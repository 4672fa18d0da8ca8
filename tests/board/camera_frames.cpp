// SPDX-License-Identifier: LGPL-2.1-or-later
//
// camera-frames: what FrameBuffers says to each call, right and wrong, for the first camera: a line
// each, with its value or the name of its errno.

#include <cstring>
#include <format>
#include <memory>
#include <print>
#include <set>
#include <string>
#include <string_view>

#include <heapsel/libcamera.hpp>
#include <heapsel/take.hpp>
#include <libcamera/camera_manager.h>

namespace {

using heapsel::FrameBuffers;

std::string text(const heapsel::Result<unsigned>& result) {
    return result ? std::to_string(*result) : std::string(::strerrorname_np(result.error().code));
}

void say(std::string_view what, const heapsel::Result<unsigned>& result) {
    std::println("{}: {}", what, text(result));
}

std::set<int> descriptors(const FrameBuffers& frames, libcamera::Stream* stream) {
    std::set<int> all;
    for (const auto& buffer : frames.buffers(stream)) {
        for (const auto& plane : buffer->planes())
            all.insert(plane.fd.get());
    }
    return all;
}

heapsel::Result<void> try_all(const std::shared_ptr<libcamera::Camera>& camera,
                              libcamera::CameraConfiguration& config) {
    const auto filled = heapsel::consumers_of(*camera, config.at(0));
    if (!filled)
        return std::unexpected(filled.error());
    auto allocator = heapsel::allocator_for({.consumers = filled->consumers});
    if (!allocator)
        return std::unexpected(allocator.error());
    libcamera::Stream* const stream = config.at(0).stream();
    libcamera::Stream foreign;
    FrameBuffers frames(camera, *std::move(allocator));
    const auto freed = [&] { return frames.free(stream).transform([] { return 0U; }); };

    say("of no stream", frames.allocate(nullptr));
    say("of another's stream", frames.allocate(&foreign));
    say("none", frames.allocate(stream, 0));
    say("one too many", frames.allocate(stream, config.at(0).bufferCount + 1));
    say("freed before", freed());
    std::println("allocated: {}", frames.allocated());
    say("three", frames.allocate(stream, 3));
    say("again", frames.allocate(stream));
    std::println("buffers: {}", frames.buffers(stream).size());
    std::println("descriptors: {}", descriptors(frames, stream).size());
    const auto* const first = frames.buffers(stream).front().get();
    std::println("memory is its own: {}",
                 frames.memory(first)->fd() != first->planes()[0].fd.get());
    std::println("another's memory: {}", frames.memory(nullptr) == nullptr ? "none" : "some");
    say("freed", freed());
    say("all", frames.allocate(stream));
    std::println("planes: {}", frames.layout(stream)->planes.size());
    std::println("another's buffers: {}", frames.buffers(&foreign).size());
    return {};
}

} // namespace

int main() {
    libcamera::CameraManager manager;
    manager.start();
    const auto camera = manager.cameras().at(0);
    camera->acquire();
    auto config = camera->generateConfiguration({libcamera::StreamRole::Viewfinder});
    say("layout before it is configured",
        heapsel::frame_layout_of(libcamera::StreamConfiguration()).transform([](const auto&) {
            return 0U;
        }));
    config->at(0).size = {320, 240};
    config->validate();
    camera->configure(config.get());
    const auto tried = try_all(camera, *config);
    if (!tried)
        std::println(stderr, "{}", tried.error().message());
    config.reset();
    camera->release();
    return tried ? 0 : 1;
}
