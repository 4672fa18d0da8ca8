// SPDX-License-Identifier: LGPL-2.1-or-later
//
// allocate-bench HEAP: what the library's Allocator costs over the kernel's own ioctls, at sizes
// from a page on: allocate and free, without a name for the buffer and with one.

#include "heap.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include <heapsel/allocator.hpp>

namespace {

using board::Heap;
using heapsel::Allocator;

std::size_t size_of(const benchmark::State& state) {
    return static_cast<std::size_t>(state.range(0));
}

void bare(benchmark::State& state, const Heap& heap, const std::string& name) {
    for (auto _ : state) {
        const auto buffer = heap.allocate(size_of(state));
        if (!buffer)
            return state.SkipWithError("allocation failed");
        if (!name.empty())
            benchmark::DoNotOptimize(ioctl(buffer->get(), DMA_BUF_SET_NAME, name.c_str()));
    }
}

void library(benchmark::State& state, const Allocator& allocator, const std::string& name) {
    for (auto _ : state) {
        if (!allocator.allocate(size_of(state), name))
            return state.SkipWithError("allocation failed");
    }
}

// Taken in turn, so that what drifts drifts for both.
void measure(const std::shared_ptr<Heap>& heap, const std::shared_ptr<Allocator>& allocator) {
    constexpr std::array sizes{4 << 10, 64 << 10, 1 << 20, 8 << 20};
    for (const std::string& name : {std::string(), std::string("frame")}) {
        const std::string suffix = name.empty() ? "unnamed" : "named";
        for (const int size : sizes) {
            benchmark::RegisterBenchmark("bare/" + suffix, [=](benchmark::State& state) {
                bare(state, *heap, name);
            })->Arg(size);
            benchmark::RegisterBenchmark("library/" + suffix, [=](benchmark::State& state) {
                library(state, *allocator, name);
            })->Arg(size);
        }
    }
}

std::shared_ptr<Allocator> allocator_for(const std::string& name) {
    const auto catalog = heapsel::HeapCatalog::scan();
    heapsel::Policy policy;
    policy.heap = name;
    const auto selection = heapsel::select(*catalog, {}, policy);
    return selection ? std::make_shared<Allocator>(*Allocator::create(*selection)) : nullptr;
}

} // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (argc != 2)
        return 2;
    const auto allocator = allocator_for(argv[1]);
    if (!allocator)
        return 1;
    measure(std::make_shared<Heap>(argv[1]), allocator);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
