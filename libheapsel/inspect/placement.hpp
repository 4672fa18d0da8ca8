// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inspect/free_memory.hpp"
#include "inspect/region_kind.hpp"
#include "tree/command_line.hpp"
#include "tree/memory_map.hpp"

namespace heapsel {

/// Whether a region comes to be, once the kernel has looked for room for it.
struct Placement {
    std::string problem; ///< Why it does not, for a person; empty where it does.
    /// Where one that is placed at boot goes as far as the tree can tell: the kernel, its initrd
    /// and the tree itself are in memory already, and nobody says where.
    std::optional<std::uint64_t> base;
};

/// All regions, and what is left when they are placed.
struct Placements {
    std::vector<Placement> regions; ///< Index by index.
    FreeMemory memory;
    std::size_t cma_areas = 0; ///< How many there are.
};

/// What the kernel gives the reserved regions, whose uses are `kinds`, of memory: those with a
/// `reg` first, then those that it places, in the tree's order, as far as there is room, and slots
/// for CMA areas (drivers/of/of_reserved_mem.c, mm/cma.c). `header` are the ranges that the tree's
/// header reserves, at which it looks last. Pure.
[[nodiscard]] Placements place_regions(std::span<const ReservedRegion> regions,
                                       std::span<const RegionKind> kinds, FreeMemory memory,
                                       std::span<const Region> header, const KernelRules& rules);

/// Why the kernel makes no default area of `cma`, which is not 0 (kernel/dma/contiguous.c), of what
/// is left below `limit`; empty where it does. Without `cma` the size is the configuration's, of
/// which one block is all that is known.
[[nodiscard]] std::string default_area_problem(const std::optional<CmaParameter>& cma,
                                               const Placements& regions, std::uint64_t limit,
                                               const KernelRules& rules);

} // namespace heapsel
