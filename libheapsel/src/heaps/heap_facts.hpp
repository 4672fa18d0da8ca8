// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <heapsel/heap.hpp>

#include "facts/heap_fact.hpp"
#include "heaps/machine.hpp"

namespace heapsel {

/// What the machine's facts say of one heap: of each, the last that says it.
struct FactsOfHeap {
    std::optional<Stated<bool>> contiguous;
    std::optional<Stated<bool>> cached;
    std::optional<Stated<bool>> protected_memory;
    std::optional<Stated<std::uint64_t>> last_address;
    /// The node that it lies over, of the machine; nothing where the kernel said, or no fact does.
    std::optional<Stated<const ReservedRegion*>> node;
};

/// `node` is the one that the kernel has the heap over, or null. Pure.
[[nodiscard]] FactsOfHeap facts_of(const Heap& heap, const ReservedRegion* node,
                                   const Machine& machine);

/// Two entries of /dev/dma_heap that are one heap.
struct SameHeap {
    std::string name;
    std::string alias;
};

/// Those of `names` that the machine's facts say it of. Pure.
[[nodiscard]] std::vector<SameHeap> same_heaps(std::span<const std::string> names,
                                               const Machine& machine);

} // namespace heapsel
