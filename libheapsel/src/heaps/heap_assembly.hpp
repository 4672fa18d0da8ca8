// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <heapsel/heap.hpp>

#include "heaps/heap_nodes.hpp"
#include "heaps/machine.hpp"

namespace heapsel {

/// The heaps that the entries of /dev/dma_heap, which is `folder`, are: those of one region, and
/// those of which the machine's facts say so, folded into one heap, each with what `machine` says
/// of it. Pure.
[[nodiscard]] std::vector<Heap> assemble_heaps(std::vector<HeapNode> nodes,
                                               const std::filesystem::path& folder,
                                               const Machine& machine);

} // namespace heapsel
