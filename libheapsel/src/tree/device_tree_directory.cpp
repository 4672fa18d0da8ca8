// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <string_view>
#include <utility>

#include "io/directory.hpp"
#include "tree/device_tree.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable_tree(int code, const std::string& path) {
    return std::unexpected(
        Error{.code = code, .operation = "read the device tree", .subject = path, .hint = {}});
}

Result<Directory> as_tree(Result<Directory> directory) {
    if (!directory)
        return unreadable_tree(directory.error().code, directory.error().subject);
    return directory;
}

/// Whether the kernel takes this child of the root for memory, or makes regions of its children.
Result<bool> concerns_memory(const Directory& root, const std::string& child) {
    if (is_node_name(child, "reserved-memory"))
        return true;
    auto type = root.file(child + "/device_type", max_device_tree_property);
    const bool absent = !type && (type.error().code == ENOENT || type.error().code == ELOOP);
    if (!type && !absent)
        return std::unexpected(std::move(type.error()));
    return type && type->starts_with("memory");
}

/// `name` repeats that of the directory, and of the root's own properties only the cells count, and
/// which machine it is.
bool is_wanted(std::string_view property, bool of_root) {
    return property != "name" &&
           (!of_root || property.starts_with('#') || property == "compatible");
}

class TreeDirectoryReader {
  public:
    [[nodiscard]] Result<DeviceTreeNode> root(const fs::path& directory) {
        return node(as_tree(Directory::open_no_link(directory)), 2);
    }

  private:
    /// Without `levels_below`, child nodes are left out.
    [[nodiscard]] Result<DeviceTreeNode> node(const Result<Directory>& directory,
                                              int levels_below) {
        if (!directory)
            return std::unexpected(directory.error());
        if (++nodes_ > max_device_tree_nodes)
            return unreadable_tree(E2BIG, directory->path());
        const auto entries = directory->entries();
        if (!entries)
            return unreadable_tree(entries.error().code, directory->path());
        DeviceTreeNode node;
        for (const DirectoryEntry& entry : *entries) {
            if (auto added = add(node, *directory, entry, levels_below); !added)
                return std::unexpected(std::move(added.error()));
        }
        return node;
    }

    [[nodiscard]] Result<DeviceTreeNode> child_of_root(const Directory& root,
                                                       const std::string& name) {
        const auto whole = concerns_memory(root, name);
        if (!whole)
            return std::unexpected(whole.error());
        if (*whole)
            return node(as_tree(root.directory(name)),
                        is_node_name(name, "reserved-memory") ? 1 : 0);
        if (++nodes_ > max_device_tree_nodes)
            return unreadable_tree(E2BIG, root.path());
        DeviceTreeNode child;
        const std::string uefi = "linux,uefi-mmap-start";
        if (!is_node_name(name, "chosen"))
            return child;
        if (root.has(name + "/" + uefi))
            child.properties.emplace(uefi, "");
        const std::string usable = "linux,usable-memory-range";
        auto range = root.file(name + "/" + usable, max_device_tree_property);
        if (range)
            child.properties.emplace(usable, *std::move(range));
        else if (range.error().code != ENOENT && range.error().code != ELOOP)
            return std::unexpected(std::move(range.error()));
        return child;
    }

    [[nodiscard]] Result<void> add(DeviceTreeNode& parent, const Directory& directory,
                                   const DirectoryEntry& entry, int levels_below) {
        if (entry.type == fs::file_type::directory && levels_below > 0) {
            auto child = levels_below == 2 ? child_of_root(directory, entry.name)
                                           : node(as_tree(directory.directory(entry.name)), 0);
            if (!child)
                return std::unexpected(std::move(child.error()));
            child->name = entry.name;
            parent.children.push_back(*std::move(child));
        } else if (entry.type == fs::file_type::regular &&
                   is_wanted(entry.name, levels_below == 2)) {
            auto value = directory.file(entry.name, max_device_tree_property);
            if (!value)
                return std::unexpected(std::move(value.error()));
            bytes_ += entry.name.size() + value->size();
            if (++properties_ > max_device_tree_properties || bytes_ > max_device_tree_blob)
                return unreadable_tree(E2BIG, directory.path());
            parent.properties.emplace(entry.name, *std::move(value));
        }
        return {};
    }

    std::size_t nodes_ = 0;
    std::size_t properties_ = 0;
    std::size_t bytes_ = 0; ///< Of names and values of properties: a blob has no more of them.
};

} // namespace

Result<DeviceTreeNode> read_device_tree(const std::filesystem::path& directory) {
    return TreeDirectoryReader().root(directory);
}

} // namespace heapsel
