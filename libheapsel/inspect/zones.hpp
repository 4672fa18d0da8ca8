// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tree/memory_map.hpp"

namespace heapsel {

/// The zones into which the kernel for arm64 divides memory: what all devices reach (ZONE_DMA), the
/// rest below 4 GiB, and the rest; of each NUMA node by itself (arch/arm64/mm/init.c). A value.
class Zones {
  public:
    /// None.
    Zones() = default;
    /// `dma_limit` is the last address that all buses reach, as their dma-ranges say. Where memory
    /// ends is not known: as if all addresses were memory.
    Zones(const MemoryMap& map, std::uint64_t dma_limit);

    /// Where in `region` a zone ends and another begins; nothing where one zone has it all. A CMA
    /// area across two is not activated (mm/cma.c).
    [[nodiscard]] std::optional<std::uint64_t> border_in(const Region& region) const;

    /// The last address that the kernel takes a default area from (arm64_dma_phys_limit).
    [[nodiscard]] std::uint64_t default_area_limit() const { return dma_limit_; }

  private:
    std::uint64_t dma_limit_ = 0;
    std::vector<Region> zones_; ///< In order of their first addresses.
};

} // namespace heapsel
