// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inspect/processors.hpp"
#include "inspect/region_clients.hpp"
#include "tree/device_tree.hpp"
#include <heapsel/error.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// What a plan needs of a tree. A value.
struct BoardTree {
    DeviceTreeNode tree;
    std::vector<MemoryRegionUser> users;
    std::vector<std::string> stray_references; ///< Warnings of them.
    std::vector<Region> header;                ///< What it reserves.
    std::uint64_t dma_limit = 0;
    Processors processors;
};

/// EINVAL: the tree is malformed, or of no board, and the hint says how. E2BIG, EFBIG: it is larger
/// than any board's.
[[nodiscard]] Result<BoardTree> read_board_tree(std::span<const std::byte> blob);

} // namespace heapsel
