// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "usage.hpp"

namespace heapsel::tools {

/// "/dev/dma_heap/system, root:video 0660".
[[nodiscard]] std::string place(const Heap& heap);

/// What is known of the memory, and where it was learned: a row for each property, for address,
/// size and accounting, and for each reason why figures are unknown. Columns: what, value, source,
/// evidence.
[[nodiscard]] std::vector<std::vector<std::string>> evidence_rows(const Usage& usage);

} // namespace heapsel::tools
