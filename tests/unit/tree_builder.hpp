// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "tree/device_tree.hpp"

namespace heapsel::test {

/// 32-bit cells as a device tree stores them.
inline std::string cells(std::initializer_list<std::uint32_t> values) {
    std::string bytes;
    for (const std::uint32_t value : values) {
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            bytes += static_cast<char>(value >> shift & 0xffU);
    }
    return bytes;
}

inline std::string text(std::string value) {
    value += '\0';
    return value;
}

/// A root with #address-cells and #size-cells of 2.
inline DeviceTreeNode root() {
    DeviceTreeNode node;
    node.properties["#address-cells"] = cells({2});
    node.properties["#size-cells"] = cells({2});
    return node;
}

inline DeviceTreeNode& add_memory(DeviceTreeNode& parent, std::uint32_t base, std::uint32_t size) {
    DeviceTreeNode& node = parent.children.emplace_back();
    node.name = "memory@" + std::to_string(parent.children.size());
    node.properties["device_type"] = text("memory");
    node.properties["reg"] = cells({0, base, 0, size});
    return node;
}

inline DeviceTreeNode& add_reserved_memory(DeviceTreeNode& parent) {
    DeviceTreeNode& node = parent.children.emplace_back(root());
    node.name = "reserved-memory";
    node.properties["ranges"] = "";
    return node;
}

/// A reusable shared-dma-pool: what the kernel makes a CMA area and a heap of.
inline DeviceTreeNode& add_cma(DeviceTreeNode& reserved, const std::string& name,
                               std::uint32_t base, std::uint32_t size) {
    DeviceTreeNode& node = reserved.children.emplace_back();
    node.name = name;
    node.properties["compatible"] = text("shared-dma-pool");
    node.properties["reusable"] = "";
    node.properties["reg"] = cells({0, base, 0, size});
    return node;
}

} // namespace heapsel::test
