// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <string_view>
#include <utility>

#include "io/folder.hpp"
#include "tree/device_tree.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable_tree(int code, const std::string& path) {
    return std::unexpected(
        Error{.code = code, .attempted = "read the device tree", .subject = path, .remedy = {}});
}

Result<Folder> as_tree(Result<Folder> folder) {
    if (!folder)
        return unreadable_tree(folder.error().code, folder.error().subject);
    return folder;
}

/// Whether the kernel takes this child of the root for memory, or makes regions of its children.
Result<bool> concerns_memory(const Folder& root, const std::string& child) {
    if (is_node_name(child, "reserved-memory"))
        return true;
    auto type = root.file(child + "/device_type", max_device_tree_property);
    const bool absent = !type && (type.error().code == ENOENT || type.error().code == ELOOP);
    if (!type && !absent)
        return std::unexpected(std::move(type.error()));
    return type && type->starts_with("memory");
}

/// `name` repeats that of the folder, and of the root's own properties only the cells count, and
/// which machine it is.
bool is_wanted(std::string_view property, bool of_root) {
    return property != "name" &&
           (!of_root || property.starts_with('#') || property == "compatible");
}

class TreeFolderReader {
  public:
    [[nodiscard]] Result<DeviceTreeNode> root(const fs::path& folder) {
        return node(as_tree(Folder::open_no_link(folder)), 2);
    }

  private:
    /// Without `levels_below`, child nodes are left out.
    [[nodiscard]] Result<DeviceTreeNode> node(const Result<Folder>& folder, int levels_below) {
        if (!folder)
            return std::unexpected(folder.error());
        if (++nodes_ > max_device_tree_nodes)
            return unreadable_tree(E2BIG, folder->path());
        const auto entries = folder->entries();
        if (!entries)
            return unreadable_tree(entries.error().code, folder->path());
        DeviceTreeNode node;
        for (const FolderEntry& entry : *entries) {
            if (auto added = add(node, *folder, entry, levels_below); !added)
                return std::unexpected(std::move(added.error()));
        }
        return node;
    }

    [[nodiscard]] Result<DeviceTreeNode> child_of_root(const Folder& root,
                                                       const std::string& name) {
        const auto whole = concerns_memory(root, name);
        if (!whole)
            return std::unexpected(whole.error());
        if (*whole)
            return node(as_tree(root.folder(name)), is_node_name(name, "reserved-memory") ? 1 : 0);
        if (++nodes_ > max_device_tree_nodes)
            return unreadable_tree(E2BIG, root.path());
        DeviceTreeNode child;
        const std::string uefi = "linux,uefi-mmap-start";
        if (is_node_name(name, "chosen") && root.has(name + "/" + uefi))
            child.properties.emplace(uefi, "");
        return child;
    }

    [[nodiscard]] Result<void> add(DeviceTreeNode& parent, const Folder& folder,
                                   const FolderEntry& entry, int levels_below) {
        if (entry.type == fs::file_type::directory && levels_below > 0) {
            auto child = levels_below == 2 ? child_of_root(folder, entry.name)
                                           : node(as_tree(folder.folder(entry.name)), 0);
            if (!child)
                return std::unexpected(std::move(child.error()));
            child->name = entry.name;
            parent.children.push_back(*std::move(child));
        } else if (entry.type == fs::file_type::regular &&
                   is_wanted(entry.name, levels_below == 2)) {
            auto value = folder.file(entry.name, max_device_tree_property);
            if (!value)
                return std::unexpected(std::move(value.error()));
            bytes_ += entry.name.size() + value->size();
            if (++properties_ > max_device_tree_properties || bytes_ > max_device_tree_blob)
                return unreadable_tree(E2BIG, folder.path());
            parent.properties.emplace(entry.name, *std::move(value));
        }
        return {};
    }

    std::size_t nodes_ = 0;
    std::size_t properties_ = 0;
    std::size_t bytes_ = 0; ///< Of names and values of properties: a blob has no more of them.
};

} // namespace

Result<DeviceTreeNode> read_device_tree(const std::filesystem::path& folder) {
    return TreeFolderReader().root(folder);
}

} // namespace heapsel
