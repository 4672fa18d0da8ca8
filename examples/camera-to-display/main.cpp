// SPDX-License-Identifier: LGPL-2.1-or-later
//
// camera-to-display: a camera's pictures on a display, in buffers from the heap that suits both.
// docs/camera.md goes through it step by step.

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include <heapsel/select.hpp>
#include <heapsel/take.hpp>

#include "camera.hpp"
#include "display.hpp"
#include "options.hpp"
#include "player.hpp"
#include "report.hpp"

namespace example {
namespace {

StreamWishes for_display(StreamWishes wishes, const Display& display) {
    if (!wishes.width) {
        wishes.width = display.width();
        wishes.height = display.height();
    }
    return wishes;
}

Picture picture_of(const libcamera::StreamConfiguration& stream) {
    using libcamera::ColorSpace;
    Picture picture{.format = stream.pixelFormat.fourcc(),
                    .width = stream.size.width,
                    .height = stream.size.height};
    if (stream.colorSpace) {
        picture.rec709 = stream.colorSpace->ycbcrEncoding == ColorSpace::YcbcrEncoding::Rec709;
        picture.full_range = stream.colorSpace->range == ColorSpace::Range::Full;
    }
    return picture;
}

/// The heaps, judged for who fills the frames, for who shows them, and by the policies.
OrFailure<heapsel::Selection> choose(const Options& options, const Display& display,
                                     const Camera& camera,
                                     std::vector<heapsel::ParsedConsumer> fill) {
    const auto selection =
        heapsel::choose({.devices = {display.device(camera.stream().pixelFormat.fourcc())},
                         .consumers = std::move(fill),
                         .require = options.require,
                         .prefer = options.prefer,
                         .heap = options.heap,
                         .size = camera.stream().frameSize,
                         .name = "camera-to-display"})
            .and_then(heapsel::require_candidate);
    if (!selection)
        return failure(Status::no_heap, selection.error());
    for (const std::string& warning : selection->warnings())
        std::cerr << "camera-to-display: warning: " << warning << '\n';
    return *selection;
}

OrFailure<void> allocate(const Options& options, const heapsel::Selection& selection,
                         Camera& camera, Display& display) {
    auto allocator = heapsel::Allocator::create(selection);
    if (!allocator)
        return failure(Status::no_heap, allocator.error());
    if (auto allocated = camera.allocate(*std::move(allocator), options.buffers); !allocated)
        return allocated;
    display.expect(picture_of(camera.stream()));
    for (std::size_t i = 0; i < camera.buffers(); ++i) {
        if (auto imported = display.import(camera.memory(i), camera.layout()); !imported)
            return imported;
    }
    return {};
}

Report report_of(const Camera& camera, const Display& display, const heapsel::Selection& selection,
                 const heapsel::StreamConsumers& fill, const Played& played) {
    Report report{.camera = camera.id(),
                  .display = display.name(),
                  .format = camera.stream().pixelFormat.toString(),
                  .width = camera.stream().size.width,
                  .height = camera.stream().size.height,
                  .consumers = {},
                  .heap = camera.memory(0).heap(),
                  .reason = {},
                  .buffers = camera.buffers(),
                  .bytes = camera.buffers() * camera.memory(0).size(),
                  .played = played};
    for (const auto& consumer : fill.consumers)
        report.consumers.push_back(consumer.consumer.name());
    report.consumers.push_back(display.device(camera.stream().pixelFormat.fourcc()));
    // Another one than the chosen one, where that was full.
    for (const auto& judgement : selection.judgements()) {
        if (judgement.heap.name == report.heap)
            report.reason = judgement.reason;
    }
    return report;
}

/// libcamera takes it for a fault of its own if a camera that is gone still has buffers when it is
/// stopped, and aborts. The kernel gives back all of them at the end of the process.
[[noreturn]] void end_without(const Failure& gone) {
    std::cerr << "camera-to-display: " << gone.message << std::endl;
    std::quick_exit(static_cast<int>(gone.status));
}

OrFailure<void> run(const Options& options) {
    const heapsel::UniqueFd interrupt = interrupts();
    auto display = Display::open(options.display);
    if (!display)
        return std::unexpected(std::move(display.error()));
    const auto opened = Camera::open(options.camera);
    if (!opened)
        return std::unexpected(opened.error());
    Camera& camera = **opened;
    const auto takes = [&](std::uint32_t format) {
        return display->plane().takes(format, heapsel::no_modifier) == heapsel::Answer::yes;
    };
    if (auto configured =
            camera.configure(for_display(options.stream, *display), takes, options.buffers);
        !configured)
        return configured;
    const auto fill = camera.consumers();
    if (!fill)
        return std::unexpected(fill.error());
    const auto selection = choose(options, *display, camera, fill->consumers);
    if (!selection)
        return std::unexpected(selection.error());
    if (auto allocated = allocate(options, *selection, camera, *display); !allocated)
        return allocated;
    Player player(camera, *display, interrupt.get(), options.capture);
    auto played = player.play();
    const Report report = report_of(camera, *display, *selection, *fill, player.played());
    std::cout << (options.json ? as_json(report) : as_text(report)) << std::flush;
    if (!played && played.error().status == Status::no_camera)
        end_without(played.error());
    camera.stop();
    return played;
}

} // namespace
} // namespace example

int main(int argc, char** argv) {
    using example::Status;
    const auto options = example::parse_options(argc, argv);
    const auto done = options.and_then(example::run);
    if (done)
        return 0;
    const auto& [status, message] = done.error();
    if (status == Status::shown)
        std::cout << message << '\n';
    else
        std::cerr << "camera-to-display: " << message << '\n';
    return static_cast<int>(status);
}
