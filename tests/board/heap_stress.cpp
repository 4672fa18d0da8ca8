// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-stress: many threads allocate and free buffers, some are killed in the middle of it, and at
// the end the heaps must report exactly what they did at the start.

#include "heap.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <map>
#include <optional>
#include <print>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using board::Heap;
using board::Mapping;
using board::Usage;

struct Options {
    std::vector<std::string> heaps;
    std::uint64_t allocations = 100'000;
    unsigned processes = 4;
    unsigned threads = 2;
    unsigned kill_every_ms = 20;
    std::size_t largest = 4 << 20;
};

/// What the workers have done, in memory that outlives those that are killed.
struct Tally {
    std::atomic<std::uint64_t> allocated;
    std::atomic<std::uint64_t> refused;    ///< for lack of memory, which is no failure
    std::atomic<std::uint64_t> dirty;      ///< buffers that were not cleared
    std::atomic<std::uint64_t> unexpected; ///< any other error
    std::atomic<int> last_errno;
};

Tally* shared_tally() {
    void* memory =
        mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : new (memory) Tally{};
}

/// Looks at the first, the last and the middle byte, and makes them dirty for whoever is next.
bool was_cleared(int dma_buf, std::size_t size) {
    const auto mapping = Mapping::of(dma_buf, size);
    if (!mapping)
        return true;
    const auto places = {std::size_t{0}, size / 2, size - 1};
    const bool cleared = std::ranges::all_of(
        places, [&](std::size_t place) { return mapping->data()[place] == std::byte{0}; });
    for (const std::size_t place : places)
        mapping->data()[place] = std::byte{0xa5};
    return cleared;
}

/// One thread's life: it holds up to four buffers at a time.
void work(const Options& options, const std::vector<Heap>& heaps, Tally& tally, unsigned seed) {
    std::minstd_rand random(seed);
    std::array<heapsel::UniqueFd, 4> held;
    const auto orders = static_cast<unsigned>(std::bit_width(options.largest >> 12));
    while (tally.allocated < options.allocations) {
        const Heap& heap = heaps[random() % heaps.size()];
        // Sizes of all orders, and odd ones.
        const std::size_t size = (std::size_t{4096} << random() % orders) - random() % 4096;
        auto buffer = heap.allocate(size);
        if (!buffer) {
            if (buffer.error() == ENOMEM) {
                ++tally.refused;
            } else {
                tally.last_errno = buffer.error();
                ++tally.unexpected;
            }
            held[random() % held.size()].reset();
            continue;
        }
        ++tally.allocated;
        if (random() % 8 == 0 && !was_cleared(buffer->get(), size))
            ++tally.dirty;
        held[random() % held.size()] = std::move(*buffer);
    }
}

pid_t start_worker(const Options& options, const std::vector<Heap>& heaps, Tally& tally,
                   unsigned seed) {
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < options.threads; ++i)
            threads.emplace_back([&, i] { work(options, heaps, tally, seed * 64 + i); });
    }
    _exit(0);
}

/// Keeps the workers going until enough is allocated; gives how many were killed.
unsigned run_workers(const Options& options, const std::vector<Heap>& heaps, Tally& tally) {
    std::minstd_rand random(1);
    std::vector<pid_t> workers;
    unsigned seed = 1;
    unsigned kills = 0;
    while (workers.size() < options.processes)
        workers.push_back(start_worker(options, heaps, tally, seed++));
    while (tally.allocated < options.allocations) {
        std::this_thread::sleep_for(std::chrono::milliseconds(options.kill_every_ms));
        pid_t& victim = workers[random() % workers.size()];
        kill(victim, SIGKILL);
        waitpid(victim, nullptr, 0);
        ++kills;
        victim = start_worker(options, heaps, tally, seed++);
    }
    for (const pid_t worker : workers)
        waitpid(worker, nullptr, 0);
    return kills;
}

bool compare(const std::vector<Heap>& heaps, const std::vector<Usage>& before) {
    bool same = true;
    for (std::size_t i = 0; i < heaps.size(); ++i) {
        const Usage after(heaps[i]);
        std::println("{}: before {}; after {}", heaps[i].name(), before[i].text(), after.text());
        same = same && after == before[i] && after.buffers;
    }
    return same;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Allocates and frees with kills in between, and compares the heaps' statistics.");
    app.add_option("heaps", options.heaps, "heaps to use")->required();
    app.add_option("--allocations", options.allocations, "how many in all")->capture_default_str();
    app.add_option("--processes", options.processes)->capture_default_str();
    app.add_option("--threads", options.threads, "in each process")->capture_default_str();
    app.add_option("--kill-every", options.kill_every_ms, "milliseconds")->capture_default_str();
    app.add_option("--largest", options.largest, "bytes")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    std::vector<Heap> heaps;
    for (const std::string& name : options.heaps)
        heaps.emplace_back(name);
    const std::vector<Usage> before(heaps.begin(), heaps.end());
    Tally* tally = shared_tally();
    if (tally == nullptr) {
        std::println(stderr, "no memory to share: {}", std::strerror(errno));
        return 2;
    }

    const unsigned kills = run_workers(options, heaps, *tally);
    const bool same = compare(heaps, before);
    std::println("{} allocations, {} refused for lack of memory, {} kills, {} not cleared, {} "
                 "unexpected errors (last: {})",
                 tally->allocated.load(), tally->refused.load(), kills, tally->dirty.load(),
                 tally->unexpected.load(), std::strerror(tally->last_errno));
    return same && tally->dirty == 0 && tally->unexpected == 0 ? 0 : 1;
}
