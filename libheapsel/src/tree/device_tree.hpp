// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

/// A node of a device tree: untrusted bytes, in the order and the form that the tree has them.
struct DeviceTreeNode {
    std::string name; ///< With its unit address; empty for the root.
    std::map<std::string, std::string, std::less<>> properties;
    std::vector<DeviceTreeNode> children;

    [[nodiscard]] bool has(std::string_view property) const;
    /// The raw bytes; null if there is no such property.
    [[nodiscard]] const std::string* bytes(std::string_view property) const;
    /// One 32-bit cell; nothing if it is absent or not 4 bytes long.
    [[nodiscard]] std::optional<std::uint32_t> cell(std::string_view property) const;
    /// The first of the property's NUL-terminated strings; nothing if it is absent or does not end.
    [[nodiscard]] std::optional<std::string_view> text(std::string_view property) const;
    /// All of them that end.
    [[nodiscard]] std::vector<std::string> texts(std::string_view property) const;
    /// `compatible` lists `text`, in capitals or not: the kernel compares so.
    [[nodiscard]] bool compatible(std::string_view text) const;
    /// `status` is absent or no string, or its first is "okay" or "ok".
    [[nodiscard]] bool available() const;
    [[nodiscard]] const DeviceTreeNode* child(std::string_view child_name) const;
    /// The first child of that name, with whatever unit address or none.
    [[nodiscard]] const DeviceTreeNode* child_at(std::string_view base_name) const;
};

/// `name` is `base_name`, with whatever unit address or none.
[[nodiscard]] bool is_node_name(std::string_view name, std::string_view base_name);

/// The readers below keep what concerns memory: the root, its children, and the children of
/// /reserved-memory.
inline constexpr std::size_t max_device_tree_nodes = 4096;
inline constexpr std::size_t max_device_tree_blob = std::size_t{4} << 20U;
inline constexpr std::size_t max_device_tree_properties = std::size_t{16} * 1024; ///< In all.
inline constexpr std::size_t max_device_tree_property = std::size_t{64} * 1024;

/// Reads a tree in the form of /sys/firmware/devicetree/base: a directory a node, a file a
/// property. Symbolic links are no part of that form: they are passed over, and refused as
/// `directory`. Of the root's children that are neither memory nor /reserved-memory the name is all
/// that is kept, and of the root's own properties the cells and `compatible`: a live tree has
/// hundreds of files there, and reading them takes longer than all else that finds a heap.
///
/// ENOENT: no such directory. ENOTDIR: it is a link. E2BIG: more nodes or properties than the
/// limits, or more bytes of these than a blob may have. EFBIG: a longer property than the limit.
[[nodiscard]] Result<DeviceTreeNode> read_device_tree(const std::filesystem::path& directory);

/// What reads a flattened tree; null in a program that has no need of it. A running kernel also
/// shows its tree as a directory, so the library does without libfdt; a recorded machine may have
/// the blob alone, and the command reads it.
using BlobReader = Result<DeviceTreeNode> (*)(std::span<const std::byte> bytes);
inline constinit BlobReader blob_reader = nullptr; // NOLINT(*-avoid-non-const-global-variables)

} // namespace heapsel
