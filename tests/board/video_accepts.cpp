// SPDX-License-Identifier: LGPL-2.1-or-later
//
// video-accepts: queues a buffer of each heap on a video node, and prints the heaps whose buffers
// it takes, one a line.

#include "heap.hpp"
#include "video_queue.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <filesystem>
#include <print>
#include <set>
#include <vector>

namespace {

using board::VideoQueue;

/// A buffer of the heap for each plane, or nothing where the heap does not have that much.
std::vector<heapsel::UniqueFd> buffers(const board::Heap& heap, const VideoQueue& queue) {
    std::vector<heapsel::UniqueFd> buffers;
    for (const unsigned size : queue.sizes()) {
        auto buffer = heap.allocate(size);
        if (!buffer) {
            std::println(stderr, "{}: {}", heap.name(), std::strerror(buffer.error()));
            std::exit(2);
        }
        buffers.push_back(std::move(*buffer));
    }
    return buffers;
}

int try_heap(const board::Heap& heap, const VideoQueue& queue) {
    const auto planes = buffers(heap, queue);
    std::vector<int> fds;
    for (const auto& plane : planes)
        fds.push_back(plane.get());
    if (const auto made = queue.request(V4L2_MEMORY_DMABUF, 1); !made)
        return made.error();
    const int error = queue.enqueue(0, fds);
    if (const auto gone = queue.request(V4L2_MEMORY_DMABUF, 0); !gone)
        return gone.error();
    return error;
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    bool output = false;
    CLI::App app("Names the heaps whose buffers a video node takes.");
    app.add_option("node", node)->required();
    app.add_flag("--output", output, "of the output queue instead of the capture queue");
    CLI11_PARSE(app, argc, argv);

    const VideoQueue queue(node, output ? VideoQueue::Side::output : VideoQueue::Side::capture);
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/dma_heap"))
        names.insert(entry.path().filename());
    for (const std::string& name : names) {
        if (const int error = try_heap(board::Heap(name), queue))
            std::println(stderr, "{}: {}", name, std::strerror(error));
        else
            std::println("{}", name);
    }
}
