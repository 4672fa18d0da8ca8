// SPDX-License-Identifier: LGPL-2.1-or-later
//
// video-hold: asks a video node for MMAP buffers, writes all over them, prints how many there are
// or the error, and holds them until its input ends.

#include "video_queue.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <print>
#include <unistd.h>

namespace {

using board::VideoQueue;

/// 0 or an errno value: every plane is mapped, written and read back.
int touch(const VideoQueue& queue, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        for (unsigned plane = 0; plane < queue.sizes().size(); ++plane) {
            const auto mapping = queue.mapped(i, plane);
            if (!mapping)
                return mapping.error();
            const std::size_t size = queue.sizes()[plane];
            std::memset(mapping->data(), static_cast<int>(i + 1), size);
            if (mapping->data()[size - 1] != static_cast<std::byte>(i + 1))
                return EIO;
        }
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    unsigned count = 0;
    bool output = false;
    bool streaming = false;
    CLI::App app("Holds MMAP buffers of a video node until its input ends.");
    app.add_option("node", node)->required();
    app.add_option("count", count)->required();
    app.add_flag("--output", output, "of the output queue instead of the capture queue");
    app.add_flag("--stream", streaming, "queue them all and stream meanwhile");
    CLI11_PARSE(app, argc, argv);

    const VideoQueue queue(node, output ? VideoQueue::Side::output : VideoQueue::Side::capture);
    const auto made = queue.request(V4L2_MEMORY_MMAP, count);
    if (!made) {
        std::println("{}", strerrorname_np(made.error()));
        return 1;
    }
    if (const int error = touch(queue, *made)) {
        std::println(stderr, "{}: {}", node, std::strerror(error));
        return 2;
    }
    for (unsigned i = 0; streaming && i < *made; ++i) {
        if (const int error = queue.enqueue(i)) {
            std::println(stderr, "{}: VIDIOC_QBUF: {}", node, std::strerror(error));
            return 2;
        }
    }
    if (const int error = streaming ? queue.stream(true) : 0) {
        std::println(stderr, "{}: VIDIOC_STREAMON: {}", node, std::strerror(error));
        return 2;
    }
    std::println("{}", *made);
    std::fflush(stdout);
    for (char c{}; read(STDIN_FILENO, &c, 1) > 0;) {
    }
}
