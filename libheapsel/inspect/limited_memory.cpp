// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/limited_memory.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace heapsel {
namespace {

/// Behind the lowest `limit` bytes; nothing where there are no more of them. What two nodes have
/// counts once.
std::optional<std::uint64_t> end_of_the_lowest(const MemoryMap& map, std::uint64_t limit) {
    std::vector<Region> ranges;
    for (const MemoryNode& node : map.memory)
        ranges.insert(ranges.end(), node.ranges.begin(), node.ranges.end());
    std::ranges::sort(ranges, {}, &Region::base);
    std::uint64_t counted = 0;
    for (const Region& range : ranges) {
        const std::uint64_t first = std::max(range.base, counted);
        const std::uint64_t last = range.base + (range.size - 1);
        if (last < first)
            continue;
        if (limit <= last - first)
            return first + limit;
        limit -= last - first + 1;
        counted = last + 1;
    }
    return std::nullopt;
}

} // namespace

void limit_memory(MemoryMap& map, std::uint64_t limit) {
    const auto end = end_of_the_lowest(map, limit);
    if (limit == 0 || !end)
        return;
    map.capped_by = "mem=";
    std::erase_if(map.memory, [&](MemoryNode& node) {
        const bool had_any = !node.ranges.empty();
        std::erase_if(node.ranges, [&](const Region& range) { return range.base >= *end; });
        for (Region& range : node.ranges)
            range.size = std::min(range.size, *end - range.base);
        return had_any && node.ranges.empty();
    });
}

} // namespace heapsel
