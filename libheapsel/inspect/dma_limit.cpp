// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/dma_limit.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include <libfdt.h>

#include "inspect/flat_node.hpp"
#include "inspect/flat_tree.hpp"

namespace heapsel {
namespace {

constexpr std::size_t max_levels = 64; // The kernel's own.
constexpr std::size_t max_ranges = 64; // Of a bus: boards have a few.
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

using Cells = std::span<const fdt32_t>;

/// The lowest two cells: more a processor has no address for. PCI has flags above them.
std::uint64_t number(Cells cells) {
    std::uint64_t value = 0;
    for (const fdt32_t& cell : cells)
        value = value << 32U | fdt32_ld(&cell);
    return value;
}

struct DmaRange {
    std::uint64_t from = 0; ///< On the bus.
    std::uint64_t to = 0;   ///< On the bus above.
    std::uint64_t size = 0;
};

/// A bus, or any other node.
struct Level {
    std::uint32_t address_cells = 2;
    std::uint32_t size_cells = 1;
    bool enabled = true;
    std::vector<DmaRange> ranges; ///< None: what is below it has the addresses of the bus above.
};

std::uint32_t cell_or(const void* blob, int node, const char* property, std::uint32_t otherwise) {
    int length = 0;
    const void* const raw = fdt_getprop(blob, node, property, &length);
    if (raw == nullptr || length != sizeof(fdt32_t))
        return otherwise;
    return fdt32_ld(static_cast<const fdt32_t*>(raw));
}

std::vector<DmaRange> ranges_of(const void* blob, int node, const Level& level,
                                const Level& above) {
    constexpr std::uint32_t most_cells = 4;
    int length = 0;
    const void* const raw = fdt_getprop(blob, node, "dma-ranges", &length);
    if (raw == nullptr || length <= 0 || level.address_cells > most_cells ||
        above.address_cells > most_cells || level.size_cells > most_cells)
        return {};
    Cells cells(static_cast<const fdt32_t*>(raw),
                static_cast<std::size_t>(length) / sizeof(fdt32_t));
    const std::size_t entry = level.address_cells + above.address_cells + level.size_cells;
    std::vector<DmaRange> found;
    for (; entry > 0 && cells.size() >= entry && found.size() < max_ranges;
         cells = cells.subspan(entry))
        found.push_back(
            {.from = number(cells.first(level.address_cells)),
             .to = number(cells.subspan(level.address_cells, above.address_cells)),
             .size = number(cells.subspan(entry - level.size_cells, level.size_cells))});
    return found;
}

/// Through the buses from the one at `depth` up; nothing where one of them has no such address.
std::optional<std::uint64_t> processor_address(std::span<const Level> levels, std::size_t depth,
                                               std::uint64_t address) {
    for (std::size_t at = depth; at > 0; --at) {
        const auto& ranges = levels[at].ranges;
        if (ranges.empty())
            continue;
        const auto range = std::ranges::find_if(ranges, [&](const DmaRange& one) {
            return address >= one.from && address - one.from < one.size;
        });
        if (range == ranges.end())
            return std::nullopt;
        address = range->to + (address - range->from);
    }
    return address;
}

/// The last address that the bus at `depth` reaches; nothing where it says nothing.
std::optional<std::uint64_t> reach(std::span<const Level> levels, std::size_t depth) {
    std::uint64_t last = 0;
    for (const DmaRange& range : levels[depth].ranges) {
        const auto first = processor_address(levels, depth - 1, range.to);
        if (first && range.size > 0 && range.size - 1 <= no_limit - *first)
            last = std::max(last, *first + (range.size - 1));
    }
    return last == 0 ? std::nullopt : std::optional(last);
}

} // namespace

Result<std::uint64_t> dma_limit(std::span<const std::byte> bytes) {
    const auto tree = FlatTree::open(bytes);
    if (!tree)
        return std::unexpected(tree.error());
    const void* const blob = tree->blob();
    std::uint64_t limit = no_limit;
    std::array<Level, max_levels> levels;
    levels[0] = {.address_cells = cell_or(blob, 0, "#address-cells", 1),
                 .size_cells = cell_or(blob, 0, "#size-cells", 1),
                 .enabled = true,
                 .ranges = {}};
    int deep = 0;
    for (int node = fdt_next_node(blob, 0, &deep); node >= 0 && deep > 0;
         node = fdt_next_node(blob, node, &deep)) {
        const auto depth = static_cast<std::size_t>(deep);
        if (depth >= max_levels)
            continue;
        const Level& above = levels.at(depth - 1);
        Level level{.address_cells = cell_or(blob, node, "#address-cells", above.address_cells),
                    .size_cells = cell_or(blob, node, "#size-cells", above.size_cells),
                    .enabled = above.enabled && is_enabled(blob, node),
                    .ranges = {}};
        if (level.enabled)
            level.ranges = ranges_of(blob, node, level, above);
        levels.at(depth) = std::move(level);
        if (const auto last = reach(levels, depth))
            limit = std::min(limit, *last);
    }
    return limit;
}

} // namespace heapsel
