// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "device_tree.hpp"
#include "file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable(int code, const fs::path& path) {
    return std::unexpected(Error{
        .code = code, .attempted = "read the device tree", .subject = path.native(), .remedy = {}});
}

/// Whether the kernel takes this child of the root for memory, or makes regions of its children.
Result<bool> concerns_memory(const fs::path& folder) {
    if (folder.filename() == "reserved-memory")
        return true;
    auto type = read_file(folder / "device_type", max_device_tree_property);
    if (!type && type.error().code != ENOENT)
        return std::unexpected(std::move(type.error()));
    return type && type->starts_with("memory");
}

class FolderReader {
  public:
    [[nodiscard]] Result<DeviceTreeNode> root(const fs::path& folder) { return node(folder, 2); }

  private:
    /// Without `levels_below`, child nodes are left out.
    [[nodiscard]] Result<DeviceTreeNode> node(const fs::path& folder, int levels_below) {
        if (++nodes_ > max_device_tree_nodes)
            return unreadable(E2BIG, folder);
        DeviceTreeNode node;
        std::error_code failure;
        fs::directory_iterator entry(folder, failure);
        for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
            if (auto added = add(node, *entry, levels_below); !added)
                return std::unexpected(std::move(added.error()));
        }
        if (failure)
            return unreadable(failure.value(), folder);
        std::ranges::sort(node.children, {}, &DeviceTreeNode::name);
        return node;
    }

    [[nodiscard]] Result<DeviceTreeNode> child_of_root(const fs::path& folder) {
        const auto whole = concerns_memory(folder);
        if (!whole)
            return std::unexpected(whole.error());
        if (*whole)
            return node(folder, folder.filename() == "reserved-memory" ? 1 : 0);
        if (++nodes_ > max_device_tree_nodes)
            return unreadable(E2BIG, folder);
        return DeviceTreeNode{};
    }

    [[nodiscard]] Result<void> add(DeviceTreeNode& parent, const fs::directory_entry& entry,
                                   int levels_below) {
        std::error_code failure;
        if (entry.is_symlink(failure))
            return {};
        const std::string name = entry.path().filename().native();
        if (entry.is_directory(failure) && levels_below > 0) {
            auto child = levels_below == 2 ? child_of_root(entry.path()) : node(entry.path(), 0);
            if (!child)
                return std::unexpected(std::move(child.error()));
            child->name = name;
            parent.children.push_back(*std::move(child));
        } else if (entry.is_regular_file(failure)) {
            auto value = read_file(entry.path(), max_device_tree_property);
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
