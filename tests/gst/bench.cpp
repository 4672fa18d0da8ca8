// SPDX-License-Identifier: LGPL-2.1-or-later
//
// gst-heapsel-bench play DESCRIPTION
// gst-heapsel-bench pool video|plain|heapsel|fenced THREADS ROUNDS
//
// What the element and its pool cost, in nanoseconds, which are instructions on a board whose clock
// advances with each: a pipeline from its start to its end; or one buffer of a pool of 64, taken
// and given back, where each of so many threads does it ROUNDS times and holds four at a time.
// "fenced" is the element's pool where a reader may leave fences on what it has given back, which
// "heapsel" and GStreamer's own pools know of, or take for granted, that it does not.

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <print>
#include <string>
#include <thread>
#include <vector>

#include <gst/gst.h>
#include <gst/video/video.h>

#include "board.h"
#include "check.h"

namespace {

constexpr guint buffers = 64;
constexpr std::size_t held = 4;

using Clock = std::chrono::steady_clock;

double nanoseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

double play(const char* description) {
    const auto start = Clock::now();
    // A clock of instructions goes on while the board waits for a file of the host's.
    const auto run = board::play(description, {}, {}, GST_CLOCK_TIME_NONE);
    check::that(run.eos, run.error);
    return nanoseconds_since(start);
}

/// Takes and gives back.
void use(GstBufferPool* pool, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        std::array<GstBuffer*, held> taken{};
        for (GstBuffer*& buffer : taken)
            if (gst_buffer_pool_acquire_buffer(pool, &buffer, nullptr) != GST_FLOW_OK)
                std::abort();
        for (GstBuffer* buffer : taken)
            gst_buffer_unref(buffer);
    }
}

double each(GstBufferPool* pool, int threads, int rounds) {
    use(pool, static_cast<int>(buffers / held)); // All are made now.
    const auto start = Clock::now();
    {
        std::vector<std::jthread> all;
        for (int index = 0; index < threads; ++index)
            all.emplace_back([=] { use(pool, rounds); });
    }
    return nanoseconds_since(start) / (static_cast<double>(held) * threads * rounds);
}

double pool(const std::string& kind, int threads, int rounds) {
    const auto harness =
        board::harness(kind == "fenced" ? "heapsel heap=system" : "heapsel heap=system ! fakesink");
    gst_harness_set_src_caps_str(harness.get(), board::nv12);
    const auto offer = board::first_offer(board::ask(harness.get(), board::nv12).get());
    board::Pool pool;
    if (kind == "heapsel" || kind == "fenced")
        pool.reset(GST_BUFFER_POOL(gst_object_ref(offer.pool.get())));
    else
        pool.reset(kind == "video" ? gst_video_buffer_pool_new() : gst_buffer_pool_new());
    check::that(board::start(pool.get(), board::nv12, offer.size, buffers, buffers),
                "the pool did not start");
    const double time = each(pool.get(), threads, rounds);
    gst_buffer_pool_set_active(pool.get(), FALSE);
    return time;
}

} // namespace

int main(int argc, char** argv) {
    gst_init(&argc, &argv);
    try {
        if (argc == 3 && std::strcmp(argv[1], "play") == 0)
            std::println("{}", play(argv[2]));
        else if (argc == 5 && std::strcmp(argv[1], "pool") == 0)
            std::println("{}", pool(argv[2], std::atoi(argv[3]), std::atoi(argv[4])));
        else
            return 2;
    } catch (const std::exception& failed) {
        std::println(stderr, "gst-heapsel-bench: {}", failed.what());
        return 1;
    }
    return 0;
}
