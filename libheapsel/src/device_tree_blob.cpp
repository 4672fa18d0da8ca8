// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include <libfdt.h>

#include "device_tree.hpp"

namespace heapsel {
namespace {

std::unexpected<Error> malformed(int code, std::string_view why) {
    return std::unexpected(Error{.code = code,
                                 .attempted = "read the device tree",
                                 .subject = "a flattened tree",
                                 .remedy = "The blob is malformed: " + std::string(why) + "."});
}

Result<void> read_properties(const void* blob, int offset, DeviceTreeNode& node) {
    int property = 0;
    fdt_for_each_property_offset(property, blob, offset) {
        const char* name = nullptr;
        int length = 0;
        const void* const value = fdt_getprop_by_offset(blob, property, &name, &length);
        if (value == nullptr)
            return malformed(EINVAL, fdt_strerror(length));
        if (static_cast<std::size_t>(length) > max_device_tree_property)
            return malformed(EFBIG, "a property is too long");
        node.properties.emplace(
            name, std::string(static_cast<const char*>(value), static_cast<std::size_t>(length)));
    }
    return {};
}

Result<DeviceTreeNode> read_node(const void* blob, int offset) {
    int length = 0;
    const char* const name = fdt_get_name(blob, offset, &length);
    if (name == nullptr)
        return malformed(EINVAL, fdt_strerror(length));
    DeviceTreeNode node;
    node.name.assign(name, static_cast<std::size_t>(length));
    if (auto read = read_properties(blob, offset, node); !read)
        return std::unexpected(std::move(read.error()));
    return node;
}

/// libfdt wants 8-byte alignment, and refuses what is shorter than a header without reading it.
std::vector<std::uint64_t> aligned(std::span<const std::byte> bytes) {
    std::vector<std::uint64_t> storage((bytes.size() / sizeof(std::uint64_t)) + 1);
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(storage)).begin());
    return storage;
}

/// Where a node at this depth belongs; null if it is not kept.
DeviceTreeNode* parent_of(DeviceTreeNode& root, int depth) {
    if (depth == 1)
        return &root;
    if (depth == 2 && !root.children.empty() && root.children.back().name == "reserved-memory")
        return &root.children.back();
    return nullptr;
}

} // namespace

Result<DeviceTreeNode> parse_device_tree(std::span<const std::byte> bytes) {
    const auto storage = aligned(bytes);
    const void* const blob = storage.data();
    if (const int status = fdt_check_full(blob, bytes.size()); status != 0)
        return malformed(EINVAL, fdt_strerror(status));
    auto root = read_node(blob, 0);
    int depth = 0;
    std::size_t nodes = 1;
    for (int offset = fdt_next_node(blob, 0, &depth); root && offset >= 0 && depth > 0;
         offset = fdt_next_node(blob, offset, &depth)) {
        DeviceTreeNode* const parent = parent_of(*root, depth);
        if (parent == nullptr)
            continue;
        if (++nodes > max_device_tree_nodes)
            return malformed(E2BIG, "it has too many nodes");
        auto node = read_node(blob, offset);
        if (!node)
            return node;
        parent->children.push_back(*std::move(node));
    }
    return root;
}

} // namespace heapsel
