// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <heapsel/heap.hpp>
#include <libfdt.h>

#include "tree/device_tree.hpp"

namespace heapsel::test {

inline void write_node(void* fdt, const DeviceTreeNode& node) {
    ASSERT_EQ(fdt_begin_node(fdt, node.name.c_str()), 0);
    for (const auto& [name, value] : node.properties)
        ASSERT_EQ(fdt_property(fdt, name.c_str(), value.data(), static_cast<int>(value.size())), 0);
    for (const DeviceTreeNode& child : node.children)
        write_node(fdt, child);
    ASSERT_EQ(fdt_end_node(fdt), 0);
}

/// The tree, flattened; its header reserves `reserved`.
inline std::string blob_of(const DeviceTreeNode& root, const std::vector<Region>& reserved = {}) {
    std::string blob(std::size_t{2} << 20U, '\0');
    EXPECT_EQ(fdt_create(blob.data(), static_cast<int>(blob.size())), 0);
    for (const Region& range : reserved)
        EXPECT_EQ(fdt_add_reservemap_entry(blob.data(), range.base, range.size), 0);
    EXPECT_EQ(fdt_finish_reservemap(blob.data()), 0);
    write_node(blob.data(), root);
    EXPECT_EQ(fdt_finish(blob.data()), 0);
    blob.resize(fdt_totalsize(blob.data()));
    return blob;
}

} // namespace heapsel::test
