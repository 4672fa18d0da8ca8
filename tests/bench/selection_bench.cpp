// SPDX-License-Identifier: LGPL-2.1-or-later
//
// selection-bench: what a selection costs, over heaps and consumers; with its reasons, and as far
// as a program needs it that only wants the heap.

#include <heapsel/select.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

using namespace heapsel;

std::string heap_name(std::size_t number) {
    return "region@" + std::to_string(50000000 + number);
}

/// One in eight has no ECC; all but every fourth are contiguous.
HeapCatalog catalog_of(std::size_t count) {
    std::vector<Heap> heaps;
    for (std::size_t i = 0; i < count; ++i) {
        Heap& heap = heaps.emplace_back();
        heap.name = heap_name(i);
        heap.device = "/dev/dma_heap/" + heap.name;
        heap.sysfs = {"/sys/class/dma_heap/" + heap.name};
        heap.permission = Permission::granted;
        const auto state = [&](Trait trait, bool yes) {
            heap.property(trait) = {.answer = yes ? Answer::yes : Answer::no,
                                    .source = Source::device_tree,
                                    .evidence = "/reserved-memory/" + heap.name + ": carved-out"};
        };
        state(Trait::contiguous, i % 4 != 3);
        state(Trait::cached, i % 2 == 0);
        state(Trait::ecc, i % 8 != 1);
        state(Trait::protected_memory, false);
    }
    return HeapCatalog(std::move(heaps));
}

/// Each lists every heap, in an order of its own, and is bound to none.
std::vector<Consumer> consumers_of(std::size_t count, std::size_t heaps) {
    std::vector<Consumer> consumers;
    for (std::size_t i = 0; i < count; ++i) {
        UsableHeaps usable{.heaps = {}, .evidence = "VIDIOC_ENUM_HEAPS", .unknown_because = {}};
        for (std::size_t j = 0; j < heaps; ++j)
            usable.heaps.push_back({.name = heap_name((i + j) % heaps),
                                    .bound = false,
                                    .in_use = false,
                                    .accounting = {}});
        consumers.push_back(Consumer::listing("/dev/video" + std::to_string(i), std::move(usable)));
    }
    return consumers;
}

const Policy policy{
    .require = {{.trait = Trait::contiguous, .wanted = true}},
    .prefer = {{.trait = Trait::ecc, .wanted = false}, {.trait = Trait::cached, .wanted = true}},
    .heap = {}};

void selection(benchmark::State& state) {
    const auto heaps = static_cast<std::size_t>(state.range(0));
    const auto count = static_cast<std::size_t>(state.range(1));
    const HeapCatalog catalog = catalog_of(heaps);
    const auto consumers = consumers_of(count, heaps);
    for (auto _ : state) {
        const auto selected = select(catalog, consumers, policy);
        benchmark::DoNotOptimize(selected->heap());
    }
    state.counters["product"] = static_cast<double>(heaps * count);
}

// What a board has, and far more than one has.
void sizes(benchmark::internal::Benchmark* benchmark) {
    benchmark->Args({6, 0})->Args({6, 1})->Args({6, 2});
    benchmark->ArgsProduct({{1, 8, 64, 128}, {2, 8, 32}});
}
BENCHMARK(selection)->Apply(sizes);

} // namespace

BENCHMARK_MAIN();
