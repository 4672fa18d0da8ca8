// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <heapsel/accounting.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_statistics.hpp>

namespace heapsel::tools {

/// A heap with what the kernel keeps of it at one moment.
struct Usage {
    Heap heap;
    HeapStatistics statistics;
    Accounting accounting;
};

[[nodiscard]] Usage usage_of(const Heap& heap);

/// Why what is unknown is so, each reason once.
[[nodiscard]] std::vector<std::string> unknown_because(const Usage& usage);

} // namespace heapsel::tools
