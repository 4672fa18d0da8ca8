// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <heapsel/heap.hpp>

#include "heaps/machine.hpp"

namespace heapsel {

/// Where a heap's memory lies, and how large it is, as far as it is known.
struct Place {
    const ReservedRegion* node = nullptr; ///< Of the machine.
    bool by_boot = false; ///< The default CMA area, of `cma=` or the kernel's configuration.
    /// Where it is not certain, why. Else, without a node and a region, it is anywhere in memory.
    std::string uncertain_because;
    std::optional<Region> region;
    Provenance region_from;
    std::optional<std::uint64_t> size;
    Provenance size_from;
    std::optional<std::uint64_t> last_address; ///< Of the region, or of where it may be placed.
    Provenance last_address_from;
};

/// The node is the one that the kernel links the heap to (of_node), whatever its name; without a
/// link the one of the heap's name, or of the default CMA area. The size is, in this order: the
/// heap's size_bytes; that of its CMA area; the node's; that of `cma=`. `names` are those of all
/// heaps. Pure.
[[nodiscard]] Place place_of(const Heap& heap, std::span<const std::string> names,
                             const Machine& machine);

/// Fills in what `node` says of a heap that lies over it, as the fact at `where` says, as far as it
/// is not known otherwise.
void place_by_fact(Place& place, const ReservedRegion& node, std::string_view where);

} // namespace heapsel
