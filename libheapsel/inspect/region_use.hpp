// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <heapsel/kernel_generation.hpp>

#include "tree/memory_map.hpp"

namespace heapsel {

/// What the kernel makes of a region of /reserved-memory.
enum class RegionUse : std::uint8_t {
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
inline constexpr std::array all_region_uses{RegionUse::default_cma,     RegionUse::cma,
                                            RegionUse::coherent_pool,   RegionUse::coherent_heap,
                                            RegionUse::restricted_pool, RegionUse::carve_out,
                                            RegionUse::driver,          RegionUse::device,
                                            RegionUse::firmware,        RegionUse::refused,
                                            RegionUse::disabled};
/// "default-cma", "cma", "coherent-pool", "coherent-heap", "restricted-pool", "carve-out",
/// "driver", "device", "firmware", "refused", "disabled".
[[nodiscard]] std::string_view to_string(RegionUse use);

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
