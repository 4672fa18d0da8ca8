// SPDX-License-Identifier: LGPL-2.1-or-later
//
// video-fail-nth: makes the first, the second, ... the last allocation fail that the kernel makes
// for itself while a video node allocates MMAP buffers, maps, exports, queues, streams and frees
// them. Each must end in a clean error, or be survived, and nothing may be left of the heaps.

#include "fail_nth.hpp"
#include "heap.hpp"
#include "video_queue.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <cstring>
#include <list>
#include <optional>
#include <print>
#include <string>
#include <vector>

namespace {

using board::End;
using board::VideoQueue;

End live(const VideoQueue& queue) {
    const auto made = queue.request(V4L2_MEMORY_MMAP, 2);
    if (!made)
        return {"VIDIOC_REQBUFS", made.error()};
    for (unsigned i = 0; i < *made; ++i) {
        const auto mapping = queue.mapped(i, 0);
        if (!mapping)
            return {"mmap", mapping.error()};
        mapping->data()[0] = std::byte{1};
        if (const auto exported = queue.exported(i, 0); !exported)
            return {"VIDIOC_EXPBUF", exported.error()};
        if (const int error = queue.enqueue(i))
            return {"VIDIOC_QBUF", error};
    }
    if (const int error = queue.stream(true))
        return {"VIDIOC_STREAMON", error};
    return {};
}

/// To where everything starts; ends the program if it cannot.
void reset(const VideoQueue& queue) {
    const int stopped = queue.stream(false);
    const auto freed = queue.request(V4L2_MEMORY_MMAP, 0);
    if (stopped == 0 && freed)
        return;
    std::println(stderr, "cannot free the buffers: {}",
                 std::strerror(stopped != 0 ? stopped : freed.error()));
    std::exit(2);
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    std::vector<std::string> names;
    bool output = false;
    CLI::App app("Fails every allocation of the kernel's in turn, over the life of MMAP buffers.");
    app.add_option("node", node)->required();
    app.add_option("heaps", names, "heaps of which nothing may be left")->required();
    app.add_flag("--output", output, "of the output queue instead of the capture queue");
    CLI11_PARSE(app, argc, argv);

    const board::FailNth fail_nth;
    std::list<board::Heap> heaps;
    std::vector<const board::Heap*> watched;
    for (const std::string& name : names)
        watched.push_back(&heaps.emplace_back(name));

    const auto side = output ? VideoQueue::Side::output : VideoQueue::Side::capture;
    // Opened anew each time: some drivers keep memory until they are closed.
    std::optional<VideoQueue> queue;
    const board::Account account = board::fail_everywhere(
        fail_nth, watched, board::no_memory, [&] { queue.emplace(node, side); },
        [&] { return live(*queue); },
        [&] {
            reset(*queue);
            queue.reset();
        });
    account.print(node);
    return account.clean() ? 0 : 1;
}
