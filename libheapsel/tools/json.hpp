// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <heapsel/accounting.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_statistics.hpp>
#include <heapsel/selector.hpp>

#include <nlohmann/json.hpp>

namespace heapsel::tools {

/// Names and paths are as `printable` writes them, so that any byte is valid JSON.
[[nodiscard]] nlohmann::ordered_json to_json(const Heap& heap);
/// Exact numbers by the names of their files, null where there is none, and in "unknown" the
/// reasons of those that should be known.
[[nodiscard]] nlohmann::ordered_json to_json(const HeapStatistics& statistics);
[[nodiscard]] nlohmann::ordered_json to_json(const Accounting& accounting);
[[nodiscard]] nlohmann::ordered_json to_json(const Selection& selection);

} // namespace heapsel::tools
