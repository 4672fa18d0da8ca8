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

/// The headings of `usage_row`.
[[nodiscard]] std::vector<std::string> usage_heading();
/// One heap's figures for a person: "unknown" where nobody says, "-" where there is no such figure.
/// The size may come from elsewhere than the kernel's figures.
[[nodiscard]] std::vector<std::string> usage_row(const Usage& usage);

/// Why what is unknown is so, each reason once.
[[nodiscard]] std::vector<std::string> unknown_because(const Usage& usage);

} // namespace heapsel::tools
