// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include <heapsel/kernel_generation.hpp>
#include <heapsel/region_use.hpp>

#include "tree/memory_map.hpp"

namespace heapsel {

/// What the kernel's rules for reserved memory depend on besides the region itself.
struct KernelRules {
    KernelGeneration kernel = KernelGeneration::series;
    bool cma_parameter = false;  ///< There is a `cma=` on its command line.
    std::uint64_t cma_block = 0; ///< In bytes; CMA areas begin and end at multiples of it.
    std::uint64_t page_size = 0;
};

/// Who points at the region with memory-region.
struct RegionUsers {
    bool enabled = false;
    bool disabled = false;
};

struct RegionVerdict {
    RegionUse use = RegionUse::refused;
    std::string reason;
};

/// What the kernel makes of an enabled region, in the order in which its code asks
/// (drivers/of/of_reserved_mem.c, kernel/dma/contiguous.c, coherent.c and swiotlb.c, and the
/// series' carveout.c). Every default CMA area is `default_cma`: the kernel takes the last. Pure.
[[nodiscard]] RegionVerdict use_of(const ReservedRegion& region, const KernelRules& rules,
                                   const RegionUsers& users);

} // namespace heapsel
