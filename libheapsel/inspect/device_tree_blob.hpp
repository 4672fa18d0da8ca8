// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>

#include "tree/device_tree.hpp"

namespace heapsel {

/// Reads a flattened tree (/sys/firmware/fdt, a .dtb). EINVAL: it is malformed, and the hint says
/// how. E2BIG, EFBIG: as of read_device_tree().
[[nodiscard]] Result<DeviceTreeNode> parse_device_tree(std::span<const std::byte> bytes);

/// Has HeapCatalog::scan read the tree of a recorded machine that has it as a blob alone.
inline void read_recorded_blobs() {
    blob_reader = parse_device_tree;
}

} // namespace heapsel
