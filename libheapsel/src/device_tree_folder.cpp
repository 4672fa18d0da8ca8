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

class FolderReader {
  public:
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

  private:
    [[nodiscard]] Result<void> add(DeviceTreeNode& parent, const fs::directory_entry& entry,
                                   int levels_below) {
        std::error_code failure;
        const fs::file_type type = entry.symlink_status(failure).type();
        const std::string name = entry.path().filename().native();
        if (type == fs::file_type::directory && levels_below > 0) {
            auto child = node(entry.path(), name == "reserved-memory" ? levels_below - 1 : 0);
            if (!child)
                return std::unexpected(std::move(child.error()));
            child->name = name;
            parent.children.push_back(*std::move(child));
        } else if (type == fs::file_type::regular) {
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
    return FolderReader().node(folder, 2);
}

} // namespace heapsel
