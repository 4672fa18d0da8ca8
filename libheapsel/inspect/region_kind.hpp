// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "inspect/kernel_generation.hpp"

#include "tree/memory_map.hpp"

namespace heapsel {

/// What the kernel makes of a region of /reserved-memory.
enum class RegionKind : std::uint8_t {
    default_cma,     ///< The CMA area of all devices that have none of their own.
    cma,             ///< Another CMA area.
    coherent_pool,   ///< What its devices allocate from, and nobody else.
    coherent_heap,   ///< The same, with a heap over it.
    restricted_pool, ///< Bounce buffers of its devices; never a heap.
    carve_out,       ///< A heap's alone.
    driver,          ///< A driver of the kernel takes the node by its compatible.
    device,          ///< Set aside, for the devices whose memory-region points at it.
    firmware,        ///< Set aside, and no device that is enabled points at it.
    refused,         ///< Malformed, or not to be had as it is asked for.
    disabled         ///< Not looked at: its status says so.
};
inline constexpr std::array all_region_uses{RegionKind::default_cma,     RegionKind::cma,
                                            RegionKind::coherent_pool,   RegionKind::coherent_heap,
                                            RegionKind::restricted_pool, RegionKind::carve_out,
                                            RegionKind::driver,          RegionKind::device,
                                            RegionKind::firmware,        RegionKind::refused,
                                            RegionKind::disabled};
/// "default-cma", "cma", "coherent-pool", "coherent-heap", "restricted-pool", "carve-out",
/// "driver", "device", "firmware", "refused", "disabled".
[[nodiscard]] std::string_view to_string(RegionKind use);

[[nodiscard]] constexpr bool is_cma(RegionKind use) {
    return use == RegionKind::cma || use == RegionKind::default_cma;
}

/// MAX_RESERVED_REGIONS of drivers/of/of_private.h.
inline constexpr std::size_t max_placed_at_boot = 64;

/// What the kernel's rules for reserved memory depend on besides the region itself.
struct KernelRules {
    KernelGeneration kernel = KernelGeneration::series;
    bool cma_parameter = false;  ///< There is a `cma=` on its command line.
    std::uint64_t cma_block = 0; ///< In bytes; CMA areas begin and end at multiples of it.
    std::uint64_t page_size = 0;
    std::size_t cma_areas = 0; ///< How many slots there are for CMA areas.
};

/// Who points at the region with memory-region.
struct RegionClients {
    bool enabled = false;
    bool disabled = false;
};

struct RegionVerdict {
    RegionKind use = RegionKind::refused;
    std::string reason;
};

/// What the kernel makes of an enabled region, in the order in which its code asks
/// (drivers/of/of_reserved_mem.c, kernel/dma/contiguous.c, coherent.c and swiotlb.c, and the
/// series' carveout.c). Every default CMA area is `default_cma`: the kernel takes the last. Pure.
[[nodiscard]] RegionVerdict use_of(const ReservedRegion& region, const KernelRules& rules,
                                   const RegionClients& users);

} // namespace heapsel
