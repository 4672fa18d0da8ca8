// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inspect/kernel_generation.hpp"
#include "inspect/region_kind.hpp"
#include <heapsel/error.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_catalog.hpp>

namespace heapsel {

/// A child of /reserved-memory.
struct PlannedRegion {
    std::string path;                     ///< In the device tree; raw.
    RegionKind use = RegionKind::refused; ///< What the kernel makes of it.
    std::string reason;                   ///< Why that use, for a person.
    std::optional<Region> region;         ///< Absent where the kernel places it at boot.
    std::optional<std::uint64_t> size;    ///< In bytes, also of one that is placed at boot.
    bool no_map = false;                  ///< The kernel has no mapping of it.
    std::string heap; ///< The name of the heap over it; empty where there is none.
    /// The paths of the enabled devices whose `memory-region` points at it; raw.
    std::vector<std::string> users;
};

/// What a plan assumes. A value.
struct PlanOptions {
    KernelGeneration kernel = KernelGeneration::series; ///< Which kernel.
    /// The kernel's command line; without one, the `bootargs` of the device tree. Of it, `cma=` and
    /// `mem=` count.
    std::optional<std::string> command_line;
    /// In bytes. CMA areas consist of blocks that depend on it: with transparent huge pages, as
    /// arm64 has them by default, 2 MiB for 4 KiB, 32 MiB for 16 KiB, 512 MiB for 64 KiB.
    std::uint64_t page_size = 4096;
    /// How many CMA areas there can be: CONFIG_CMA_AREAS, which is 20 with NUMA, as arm64's
    /// defconfig has it, and 8 without.
    std::size_t cma_areas = 20;
};

/// What a kernel would make of a device tree: for a board that is not there. A value.
struct BoardPlan {
    /// The heaps that it would register. They have no device behind them, and their permission is
    /// unknown.
    HeapCatalog catalog;
    std::vector<PlannedRegion> regions; ///< In the tree's order, disabled ones last.
};

/// Plans from a flattened device tree (a .dtb, /sys/firmware/fdt), by the rules of the kernel for
/// arm64, where the drivers of all heaps are configured. A region that finds no room in the memory
/// that the tree has, or no slot, is refused. What a boot loader changes is not known: often it
/// fills in the memory, and the command line; nor where it puts the kernel. Where neither a node
/// nor `cma=` makes a default CMA area, the kernel's configuration is taken to.
/// `HeapCatalog::warnings` has what is malformed, what will not be there, and what overlaps. Pure.
///
/// EINVAL: the tree is malformed, and the hint says how; or the page size is none of the three.
/// E2BIG, EFBIG: the tree is larger than any board's.
[[nodiscard]] Result<BoardPlan> plan_board(std::span<const std::byte> blob,
                                           const PlanOptions& options = {});

/// The same of a file. EFBIG: more than 4 MiB. Else as above, and any errno of open(2) and read(2).
[[nodiscard]] Result<BoardPlan> plan_board(const std::filesystem::path& blob,
                                           const PlanOptions& options = {});

} // namespace heapsel
