// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "device_tree.hpp"
#include "file.hpp"
#include "folder.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable(int code, const fs::path& path) {
    return std::unexpected(Error{
        .code = code, .attempted = "read the device tree", .subject = path.native(), .remedy = {}});
}

bool is_called(const fs::path& folder, std::string_view name) {
    return is_node_name(folder.filename().native(), name);
}

/// Whether the kernel takes this child of the root for memory, or makes regions of its children.
Result<bool> concerns_memory(const fs::path& folder) {
    if (is_called(folder, "reserved-memory"))
        return true;
    auto type = read_file(folder / "device_type", max_device_tree_property);
    if (!type && type.error().code != ENOENT)
        return std::unexpected(std::move(type.error()));
    return type && type->starts_with("memory");
}

/// `name` repeats that of the folder, and of the root's own properties only the cells count.
bool is_wanted(std::string_view property, bool of_root) {
    return property != "name" && (!of_root || property.starts_with('#'));
}

class FolderReader {
  public:
    [[nodiscard]] Result<DeviceTreeNode> root(const fs::path& folder) { return node(folder, 2); }

  private:
    /// Without `levels_below`, child nodes are left out.
    [[nodiscard]] Result<DeviceTreeNode> node(const fs::path& folder, int levels_below) {
        if (++nodes_ > max_device_tree_nodes)
            return unreadable(E2BIG, folder);
        const auto entries = list_folder(folder);
        if (!entries)
            return unreadable(entries.error().code, folder);
        DeviceTreeNode node;
        for (const FolderEntry& entry : *entries) {
            if (auto added = add(node, entry, levels_below); !added)
                return std::unexpected(std::move(added.error()));
        }
        return node;
    }

    [[nodiscard]] Result<DeviceTreeNode> child_of_root(const fs::path& folder) {
        const auto whole = concerns_memory(folder);
        if (!whole)
            return std::unexpected(whole.error());
        if (*whole)
            return node(folder, is_called(folder, "reserved-memory") ? 1 : 0);
        if (++nodes_ > max_device_tree_nodes)
            return unreadable(E2BIG, folder);
        DeviceTreeNode child;
        constexpr std::string_view uefi = "linux,uefi-mmap-start";
        std::error_code failure;
        if (is_called(folder, "chosen") && fs::exists(folder / uefi, failure))
            child.properties.emplace(uefi, "");
        return child;
    }

    [[nodiscard]] Result<void> add(DeviceTreeNode& parent, const FolderEntry& entry,
                                   int levels_below) {
        const std::string name = entry.path.filename().native();
        if (entry.type == fs::file_type::directory && levels_below > 0) {
            auto child = levels_below == 2 ? child_of_root(entry.path) : node(entry.path, 0);
            if (!child)
                return std::unexpected(std::move(child.error()));
            child->name = name;
            parent.children.push_back(*std::move(child));
        } else if (entry.type == fs::file_type::regular && is_wanted(name, levels_below == 2)) {
            auto value = read_file(entry.path, max_device_tree_property);
            if (!value)
                return std::unexpected(std::move(value.error()));
            parent.properties.emplace(name, *std::move(value));
        }
        return {};
    }

    std::size_t nodes_ = 0;
};

} // namespace

Result<DeviceTreeNode> read_device_tree(const std::filesystem::path& folder) {
    return FolderReader().root(folder);
}

} // namespace heapsel
