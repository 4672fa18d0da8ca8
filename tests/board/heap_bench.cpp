// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-bench: what a buffer costs, from each heap of the machine and for sizes from a page to 32
// MiB: allocated and freed; allocated, mapped, touched and freed; and, to compare with, clearing as
// much memory of that heap through a mapping that is there already. At last, how many buffers of a
// page one thread and eight get from it in a second, together.

#include "heap.hpp"

#include <atomic>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using board::Heap;
using board::Mapping;

std::size_t size_of(const benchmark::State& state) {
    return static_cast<std::size_t>(state.range(0));
}

/// What `result` holds; where it holds an errno value, nothing, and the benchmark is skipped for
/// it.
template <typename T>
std::optional<T> value_or_skip(benchmark::State& state, board::OrErrno<T> result) {
    if (result)
        return std::move(*result);
    state.SkipWithError(std::strerror(result.error()));
    return std::nullopt;
}

void allocate_and_free(benchmark::State& state, const Heap& heap) {
    for (auto _ : state) {
        if (!value_or_skip(state, heap.allocate(size_of(state))))
            return;
    }
}

void allocate_touch_and_free(benchmark::State& state, const Heap& heap) {
    const std::size_t size = size_of(state);
    for (auto _ : state) {
        const auto buffer = value_or_skip(state, heap.allocate(size));
        if (!buffer)
            return;
        const auto mapping = value_or_skip(state, Mapping::of(buffer->get(), size));
        if (!mapping)
            return;
        for (std::size_t at = 0; at < size; at += 4096)
            mapping->data()[at] = std::byte{1};
    }
}

void clear(benchmark::State& state, const Heap& heap) {
    const std::size_t size = size_of(state);
    const auto buffer = value_or_skip(state, heap.allocate(size));
    if (!buffer)
        return;
    const auto mapping = value_or_skip(state, Mapping::of(buffer->get(), size));
    if (!mapping)
        return;
    std::memset(mapping->data(), 1, size);
    for (auto _ : state) {
        std::memset(mapping->data(), 0, size);
        benchmark::ClobberMemory();
    }
}

/// `state` says the size, and how many threads. They are this function's own: of a benchmark that
/// runs in several threads, versions of the library divide the rate by their number or do not.
void allocate_and_free_together(benchmark::State& state, const Heap& heap) {
    constexpr int buffers = 500; // of each thread
    for (auto _ : state) {
        std::atomic<int> error = 0;
        const auto work = [&] {
            for (int i = 0; i < buffers && error == 0; ++i)
                if (const auto buffer = heap.allocate(size_of(state)); !buffer)
                    error = buffer.error();
        };
        {
            std::vector<std::jthread> threads;
            for (std::int64_t i = 0; i < state.range(1); ++i)
                threads.emplace_back(work);
        }
        if (error != 0)
            return state.SkipWithError(std::strerror(error));
    }
    state.SetItemsProcessed(state.iterations() * state.range(1) * buffers);
}

benchmark::internal::Benchmark* add(const std::string& what, const std::shared_ptr<Heap>& heap,
                                    void (*function)(benchmark::State&, const Heap&)) {
    return benchmark::RegisterBenchmark(
        what + "/" + heap->name(),
        [heap, function](benchmark::State& state) { function(state, *heap); });
}

void measure(const std::string& what, const std::shared_ptr<Heap>& heap,
             void (*function)(benchmark::State&, const Heap&)) {
    add(what, heap, function)
        ->RangeMultiplier(8)
        ->Range(4 << 10, 2 << 20)
        ->Arg(1 << 20)
        ->Arg(8 << 20)
        ->Arg(32 << 20);
}

} // namespace

int main(int argc, char** argv) {
    for (const auto& entry : std::filesystem::directory_iterator("/dev/dma_heap")) {
        const auto heap = std::make_shared<Heap>(entry.path().filename());
        measure("allocate+free", heap, allocate_and_free);
        measure("allocate+touch+free", heap, allocate_touch_and_free);
        measure("clear", heap, clear);
        add("together", heap, allocate_and_free_together)
            ->UseRealTime()
            ->Args({4 << 10, 1})
            ->Args({4 << 10, 8});
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
