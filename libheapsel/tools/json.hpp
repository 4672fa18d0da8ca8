// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <heapsel/heap_catalog.hpp>
#include <heapsel/selector.hpp>

#include <nlohmann/json.hpp>

namespace heapsel::tools {

/// Names and paths are as `printable` writes them, so that any byte is valid JSON.
[[nodiscard]] nlohmann::ordered_json to_json(const Heap& heap);
[[nodiscard]] nlohmann::ordered_json to_json(const HeapCatalog& catalog);
[[nodiscard]] nlohmann::ordered_json to_json(const Selection& selection);

} // namespace heapsel::tools
