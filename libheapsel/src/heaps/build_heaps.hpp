// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <heapsel/heap.hpp>

#include "heaps/dev_entries.hpp"
#include "heaps/machine.hpp"

namespace heapsel {

/// The heaps that the entries of /dev/dma_heap, which is `directory`, are: those of one region, and
/// those of which the machine's facts say so, folded into one heap, each with what `machine` says
/// of it. Pure.
[[nodiscard]] std::vector<Heap> assemble_heaps(std::vector<HeapNode> nodes,
                                               const std::filesystem::path& directory,
                                               const Machine& machine);

} // namespace heapsel
