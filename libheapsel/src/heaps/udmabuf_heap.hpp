// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>

#include <heapsel/heap.hpp>

#include "tree/memory_map.hpp"

namespace heapsel {

/// What /dev/udmabuf under `root` hands out, described like a heap: pages of a memfd, from any of
/// the memory in `map`. A node that is not there is broken, with ENOENT. On a live machine the node
/// is opened for reading, and closed.
[[nodiscard]] Heap scan_udmabuf(const std::filesystem::path& root, const MemoryMap& map);

} // namespace heapsel
