// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include <heapsel/heap.hpp>
#include <heapsel/trait.hpp>

#include "tree/memory_map.hpp"

namespace heapsel {

/// Whether memory is protected by ECC, in this order: the bits of `node`; those of the memory nodes
/// that hold `region`; without a region, those of all memory nodes if they agree.
///
/// Correction bits above 0 mean yes, 0 (also by absence beside detection bits of 0) means no.
/// Memory that detects faults and does not correct them is unknown: it pays, and is not protected.
[[nodiscard]] Property ecc_property(const MemoryMap& map, const ReservedRegion* node,
                                    const std::optional<Region>& region);

} // namespace heapsel
