// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "inspect/board_plan.hpp"
#include "inspect/processors.hpp"
#include "inspect/region_clients.hpp"

namespace heapsel {

/// Each of these gives sentences for a person, and is pure.

/// Of regions that overlap. The kernel, too, looks at each and the next one alone.
[[nodiscard]] std::vector<std::string> overlap_warnings(std::span<const PlannedRegion> regions);

/// Of regions from which memory is handed out, and which the tree's header reserves: the kernel
/// objects to nothing, and hands it out.
[[nodiscard]] std::vector<std::string> header_warnings(std::span<const PlannedRegion> regions,
                                                       std::span<const Region> header);

/// What memory-region of enabled devices leads to that is none of `known`, the phandles of the
/// regions.
[[nodiscard]] std::set<std::uint32_t> stray_references(std::span<const MemoryRegionUser> users,
                                                       const std::set<std::uint32_t>& known);

/// Of each device and each of its `stray` references, whose nodes have `paths`, as far as there is
/// one.
[[nodiscard]] std::vector<std::string>
stray_warnings(std::span<const MemoryRegionUser> users, const std::set<std::uint32_t>& stray,
               const std::map<std::uint32_t, std::string>& paths);

/// Of a tree that is not of arm64.
[[nodiscard]] std::vector<std::string> processor_warnings(const Processors& processors,
                                                          std::uint64_t cma_block);

} // namespace heapsel
