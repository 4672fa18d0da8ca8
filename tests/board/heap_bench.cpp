// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-bench: what a buffer costs, from each heap of the machine and for sizes from a page to 32 MiB:
// allocated and freed; allocated, mapped, touched and freed; and, to compare with, clearing as much
// memory of that heap through a mapping that is there already.

#include "heap.hpp"

#include <benchmark/benchmark.h>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

namespace {

using board::Heap;
using board::Mapping;

void allocate_and_free(benchmark::State& state, const Heap& heap) {
    const auto size = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        auto buffer = heap.allocate(size);
        if (!buffer) {
            state.SkipWithError(std::strerror(buffer.error()));
            return;
        }
    }
}

void allocate_touch_and_free(benchmark::State& state, const Heap& heap) {
    const auto size = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        auto buffer = heap.allocate(size);
        if (!buffer) {
            state.SkipWithError(std::strerror(buffer.error()));
            return;
        }
        const auto mapping = Mapping::of(buffer->get(), size);
        if (!mapping) {
            state.SkipWithError(std::strerror(mapping.error()));
            return;
        }
        for (std::size_t at = 0; at < size; at += 4096)
            mapping->data()[at] = std::byte{1};
    }
}

void clear(benchmark::State& state, const Heap& heap) {
    const auto size = static_cast<std::size_t>(state.range(0));
    auto buffer = heap.allocate(size);
    if (!buffer) {
        state.SkipWithError(std::strerror(buffer.error()));
        return;
    }
    const auto mapping = Mapping::of(buffer->get(), size);
    if (!mapping) {
        state.SkipWithError(std::strerror(mapping.error()));
        return;
    }
    std::memset(mapping->data(), 1, size);
    for (auto _ : state) {
        std::memset(mapping->data(), 0, size);
        benchmark::ClobberMemory();
    }
}

void measure(const std::string& what, const std::shared_ptr<Heap>& heap,
             void (*function)(benchmark::State&, const Heap&)) {
    benchmark::RegisterBenchmark(what + "/" + heap->name(),
                                 [heap, function](benchmark::State& state) { function(state, *heap); })
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
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
