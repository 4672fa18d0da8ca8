// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/heap.hpp>

#include "tree/device_tree.hpp"

namespace heapsel {

/// `ecc-detection-bits` and `ecc-correction-bits` of a node, as far as it has them.
struct EccBits {
    std::optional<std::uint32_t> detection;
    std::optional<std::uint32_t> correction;

    [[nodiscard]] bool stated() const { return detection || correction; }
};

/// A memory node. A range of no bytes, which the boot loader fills in, is left out.
struct MemoryNode {
    std::string path;
    std::vector<Region> ranges;
    EccBits ecc;
    std::optional<std::uint32_t> numa_node = {}; ///< Its numa-node-id.
};

/// A child of /reserved-memory.
struct ReservedRegion {
    std::string name; ///< The full node name, which is also the name of its heap.
    std::string path;
    std::optional<Region> region;      ///< Of `reg`, its first range; absent where placed at boot.
    std::optional<std::uint64_t> size; ///< Of `reg` or `size`.
    std::size_t further_entries = 0;   ///< Of `reg`, which set nothing aside.
    /// Where one that is placed at boot may lie; nothing where it may lie anywhere.
    std::vector<Region> alloc_ranges;
    std::uint64_t alignment = 0; ///< Of one that is placed at boot; 0 where it asks for none.
    /// Why the kernel sets no memory aside for it, whatever it is for; empty where it does.
    std::string not_set_aside;
    bool shared_dma_pool = false;
    bool restricted_dma_pool = false;
    bool reusable = false;
    bool no_map = false;
    bool cma_default = false;
    bool dma_default = false;
    bool carved_out = false;
    bool dma_heap = false; ///< `linux,dma-heap`: of a pool that is not reusable, a heap is made.
    std::vector<std::string> compatible = {};
    std::string driver; ///< The compatible that a driver of the kernel takes the node by.
    std::optional<std::uint32_t> phandle;
    EccBits ecc;

    /// The kernel makes a CMA area of it, unless `cma=` displaces a default one.
    [[nodiscard]] bool is_cma() const { return shared_dma_pool && reusable && !no_map; }
    /// The kernel makes a coherent pool of it.
    [[nodiscard]] bool is_coherent_pool() const { return shared_dma_pool && !reusable; }
    /// The kernel makes a heap over the coherent pool: if there is no cached mapping of it, and it
    /// is not the default pool of all devices.
    [[nodiscard]] bool is_coherent_heap() const {
        return is_coherent_pool() && dma_heap && no_map && !dma_default;
    }
};

/// What a device tree says about memory. A value.
struct MemoryMap {
    std::vector<MemoryNode> memory;   ///< Without disabled ones, as below.
    bool memory_is_elsewhere = false; ///< UEFI tells the kernel what memory there is.
    /// What took memory away, of which `memory` has what is left: "linux,usable-memory-range",
    /// "mem="; empty where nothing did.
    std::string capped_by = {};
    std::vector<ReservedRegion> reserved;
    std::vector<std::string> disabled = {}; ///< The paths of regions that are.
    std::vector<std::string> warnings; ///< What could not be read, each a sentence for a person.

    /// The last byte of all memory; nothing if not every memory node says where it ends.
    [[nodiscard]] std::optional<std::uint64_t> last_address() const;
    /// The last byte of what lies below `limit`, or of all memory where none does; nothing as
    /// above.
    [[nodiscard]] std::optional<std::uint64_t> last_address_below(std::uint64_t limit) const;

    [[nodiscard]] const ReservedRegion* find(std::string_view region_name) const;
    [[nodiscard]] const ReservedRegion* find_path(std::string_view path) const;
};

/// Never fails: what is malformed is left out, and a warning says so. Like the kernel, it ignores
/// /reserved-memory if its #address-cells and #size-cells are not those of the root, or if it has
/// no ranges; takes the first entry of a reg; and lets a size count where there is no reg, or one
/// of parts of entries. Of memory it takes linux,usable-memory before reg, and of all memory what
/// /chosen has as linux,usable-memory-range.
[[nodiscard]] MemoryMap memory_map(const DeviceTreeNode& root);

} // namespace heapsel
