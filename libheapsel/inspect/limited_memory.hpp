// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "tree/memory_map.hpp"

namespace heapsel {

/// Leaves the lowest `limit` bytes of memory, as the kernel does for `mem=`; all of it where there
/// is no more, or where `limit` is 0.
void limit_memory(MemoryMap& map, std::uint64_t limit);

} // namespace heapsel
