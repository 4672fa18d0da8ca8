// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-age: what a buffer costs from a heap that has just been filled to two thirds, and from the
// same heap after so many buffers as a player takes and gives back in an hour. Prints a JSON line a
// heap.

#include "heap.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <print>
#include <random>
#include <utility>
#include <vector>

namespace {

using board::Heap;

struct Options {
    std::vector<std::string> heaps;
    unsigned rounds = 216'000; ///< two buffers for each of 30 frames a second
    std::size_t probe = 64 << 10;
};

/// Buffers of many sizes that fill a heap to two thirds, each round other ones.
class Population {
  public:
    Population(const Heap& heap, std::uint64_t size) : heap_(heap), limit_(size / 3 * 2) {}

    /// Replaces as many buffers as one more needs room for. False if it still found none.
    bool round() {
        const std::size_t size = sizes[random_() % sizes.size()];
        while (used_ + size > limit_)
            release_one();
        auto buffer = heap_.allocate(size);
        if (!buffer)
            return false;
        used_ += size;
        buffers_.emplace_back(std::move(*buffer), size);
        return true;
    }

  private:
    static constexpr std::array<std::size_t, 8> sizes{4 << 10,   16 << 10, 64 << 10,  128 << 10,
                                                      256 << 10, 36 << 10, 340 << 10, 100 << 10};

    void release_one() {
        auto& victim = buffers_[random_() % buffers_.size()];
        used_ -= victim.second;
        std::swap(victim, buffers_.back());
        buffers_.pop_back();
    }

    const Heap& heap_;
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
    std::vector<std::pair<heapsel::UniqueFd, std::size_t>> buffers_;
    std::minstd_rand random_{1};
};

/// Nanoseconds that one buffer takes from its allocation to its end, on average.
double cost(const Heap& heap, std::size_t size) {
    constexpr int times = 2000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i)
        static_cast<void>(heap.allocate(size));
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    return taken.count() / times;
}

void age(const Heap& heap, const Options& options) {
    const auto size = heap.figure("size_bytes");
    if (!size) {
        std::println(stderr, "{}: has no size", heap.name());
        std::exit(2);
    }
    Population population(heap, *size);
    unsigned refused = 0;
    const auto live_through = [&](unsigned rounds) {
        for (unsigned i = 0; i < rounds; ++i)
            refused += population.round() ? 0 : 1;
    };
    live_through(2000);
    const double young = cost(heap, options.probe);
    const auto young_largest = heap.figure("largest_free_bytes").value_or(0);
    live_through(options.rounds);
    const double old = cost(heap, options.probe);
    std::println(R"({{"heap":"{}","rounds":{},"young":{},"old":{},"refused":{},)"
                 R"("largest_free":{{"young":{},"old":{}}},"free":{}}})",
                 heap.name(), options.rounds, young, old, refused, young_largest,
                 heap.figure("largest_free_bytes").value_or(0),
                 heap.figure("free_bytes").value_or(0));
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Compares what a buffer costs from a young heap and from an old one.");
    app.add_option("heaps", options.heaps)->required();
    app.add_option("--rounds", options.rounds, "buffers in between")->capture_default_str();
    app.add_option("--probe", options.probe, "bytes of the buffer that is timed")
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    for (const std::string& name : options.heaps)
        age(Heap(name), options);
    return 0;
}
