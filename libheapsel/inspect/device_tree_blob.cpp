// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/device_tree_blob.hpp"

#include <cerrno>
#include <utility>

#include <libfdt.h>

#include "inspect/flat_tree.hpp"

namespace heapsel {
namespace {

Result<void> read_properties(const void* blob, int offset, DeviceTreeNode& node) {
    int property = 0;
    fdt_for_each_property_offset(property, blob, offset) {
        const char* name = nullptr;
        int length = 0;
        const void* const value = fdt_getprop_by_offset(blob, property, &name, &length);
        if (value == nullptr)
            return malformed_tree(EINVAL, fdt_strerror(length));
        if (static_cast<std::size_t>(length) > max_device_tree_property)
            return malformed_tree(EFBIG, "a property is too long");
        node.properties.emplace(
            name, std::string(static_cast<const char*>(value), static_cast<std::size_t>(length)));
    }
    return {};
}

Result<DeviceTreeNode> read_node(const void* blob, int offset) {
    int length = 0;
    const char* const name = fdt_get_name(blob, offset, &length);
    if (name == nullptr)
        return malformed_tree(EINVAL, fdt_strerror(length));
    DeviceTreeNode node;
    node.name.assign(name, static_cast<std::size_t>(length));
    if (auto read = read_properties(blob, offset, node); !read)
        return std::unexpected(std::move(read.error()));
    return node;
}

/// Where a node at this depth belongs; null if it is not kept.
DeviceTreeNode* parent_of(DeviceTreeNode& root, int depth) {
    if (depth == 1)
        return &root;
    if (depth == 2 && !root.children.empty() &&
        is_node_name(root.children.back().name, "reserved-memory"))
        return &root.children.back();
    return nullptr;
}

} // namespace

Result<DeviceTreeNode> parse_device_tree(std::span<const std::byte> bytes) {
    const auto tree = FlatTree::open(bytes);
    if (!tree)
        return std::unexpected(tree.error());
    const void* const blob = tree->blob();
    auto root = read_node(blob, 0);
    int depth = 0;
    std::size_t nodes = 1;
    for (int offset = fdt_next_node(blob, 0, &depth); root && offset >= 0 && depth > 0;
         offset = fdt_next_node(blob, offset, &depth)) {
        DeviceTreeNode* const parent = parent_of(*root, depth);
        if (parent == nullptr)
            continue;
        if (++nodes > max_device_tree_nodes)
            return malformed_tree(E2BIG, "it has too many nodes");
        auto node = read_node(blob, offset);
        if (!node)
            return node;
        parent->children.push_back(*std::move(node));
    }
    return root;
}

} // namespace heapsel
