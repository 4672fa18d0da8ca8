// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/zones.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "inspect/free_memory.hpp"

namespace heapsel {
namespace {

constexpr std::uint64_t four_gib = std::uint64_t{1} << 32U;

/// From a first address to before an end.
struct Extent {
    std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t end = 0;
};

/// From the first byte of each NUMA node to its last. Memory that is of no node makes all of it
/// one.
std::vector<Extent> nodes_of(const MemoryMap& map) {
    if (!map.last_address())
        return {{.first = 0, .end = end_of_addresses}};
    const bool numa = std::ranges::all_of(
        map.memory, [](const MemoryNode& node) { return node.numa_node.has_value(); });
    std::map<std::uint32_t, Extent> extents;
    for (const MemoryNode& node : map.memory) {
        for (const Region& range : node.ranges) {
            Extent& extent = extents[numa ? *node.numa_node : 0];
            extent.first = std::min(extent.first, range.base);
            extent.end = std::max(extent.end, range.base + (range.size - 1) + 1);
        }
    }
    std::vector<Extent> found;
    for (const auto& [number, extent] : extents)
        found.push_back(extent);
    return found;
}

} // namespace

Zones::Zones(const MemoryMap& map, std::uint64_t dma_limit) : dma_limit_(dma_limit) {
    const auto nodes = nodes_of(map);
    const auto first = std::ranges::min(nodes, {}, &Extent::first).first;
    if (first < four_gib - 1)
        dma_limit_ = std::min(dma_limit_, four_gib - 1);
    dma_limit_ = std::min(dma_limit_, end_of_addresses - 1);
    const std::uint64_t after_dma = dma_limit_ + 1;
    const std::uint64_t after_dma32 = std::max(after_dma, four_gib);
    const std::array<std::uint64_t, 4> borders{0, after_dma, after_dma32, end_of_addresses};
    for (const Extent& node : nodes) {
        for (std::size_t i = 1; i < borders.size(); ++i) {
            const std::uint64_t begin = std::max(node.first, borders[i - 1]);
            const std::uint64_t end = std::min(node.end, borders[i]);
            if (begin < end)
                zones_.push_back({.base = begin, .size = end - begin});
        }
    }
    std::ranges::stable_sort(zones_, {}, &Region::base);
}

std::optional<std::uint64_t> Zones::border_in(const Region& region) const {
    std::size_t met = 0;
    for (const Region& zone : zones_) {
        if (region.base < zone.base + zone.size && zone.base < region.base + region.size &&
            ++met == 2)
            return std::max(zone.base, region.base);
    }
    return std::nullopt;
}

} // namespace heapsel
