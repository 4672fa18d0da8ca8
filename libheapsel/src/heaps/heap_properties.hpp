// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/heap.hpp>

#include "heaps/machine.hpp"

namespace heapsel {

/// Fills in `heap.sysfs`, `heap.region`, `heap.size` and `heap.properties` from its name and
/// aliases, what the kernel documents of a heap of that name, and what `machine` says. `names` are
/// those of all heaps. Pure.
///
/// By its node in the device tree a heap is over a CMA area (cached), a coherent pool (uncached) or
/// a carve-out (uncached with no-map, else cached), all contiguous. Of a heap that the kernel says
/// so little of, the machine's facts count, and last two words in its name.
void describe(Heap& heap, std::span<const std::string> names, const Machine& machine);

/// The kernel says what a heap of this name is: no fact counts. Pure.
[[nodiscard]] bool is_known_to_the_kernel(const std::string& name,
                                          std::span<const std::string> names,
                                          const Machine& machine);

/// Where it was learned that a heap that can lie anywhere ends with the last memory node.
[[nodiscard]] Provenance all_memory(const MemoryMap& memory);

/// Where it was learned that buffers begin at pages, and perhaps at no more than that.
[[nodiscard]] Provenance whole_pages();

} // namespace heapsel
