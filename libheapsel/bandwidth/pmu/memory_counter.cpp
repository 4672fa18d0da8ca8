// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/memory_counter.hpp"

namespace heapsel::bandwidth {

Result<std::vector<MemoryCounter>> find_memory_counters(const std::filesystem::path& /*root*/) {
    return std::vector<MemoryCounter>{};
}

} // namespace heapsel::bandwidth
