// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/dev_entries.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>
#include <utility>

#include <fcntl.h>

#include <heapsel/printable.hpp>
#include <heapsel/unique_fd.hpp>

#include "heaps/read_node_mode.hpp"
#include "io/directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

Error not_listable(int code, const fs::path& directory) {
    std::string hint;
    if (code == ENOENT)
        hint = "The kernel has no dma-buf heaps: it needs CONFIG_DMABUF_HEAPS with "
               "CONFIG_DMABUF_HEAPS_SYSTEM or CONFIG_DMABUF_HEAPS_CMA; if they are modules, load "
               "them, and see that devtmpfs is mounted on /dev.";
    else if (code == EACCES)
        hint = "Give the user read and search permission on the directory.";
    return {.code = code,
            .operation = "list the heaps",
            .subject = directory.native(),
            .hint = std::move(hint)};
}

bool is_heap(fs::file_type type, NodeKind kind) {
    return type == fs::file_type::character ||
           (kind == NodeKind::regular_file && type == fs::file_type::regular);
}

/// A link counts if it leads to a heap of the same directory.
void add_link(DevEntries& found, const fs::path& directory, const fs::path& link) {
    std::error_code failure;
    const fs::path target = fs::canonical(link, failure);
    const fs::path home = failure ? fs::path() : fs::canonical(directory, failure);
    const auto node = std::ranges::find(found.nodes, target.filename().native(), &HeapNode::name);
    if (failure || target.parent_path() != home || node == found.nodes.end()) {
        found.warnings.push_back(
            std::format("{} is ignored: a link that leads to no heap.", printable(link.native())));
        return;
    }
    node->aliases.push_back(link.filename().native());
}

} // namespace

Result<DevEntries> list_dev_entries(const fs::path& directory, NodeKind kind) {
    // A container gets its nodes by bind mounts over regular files.
    const auto entries = list_directory(directory, EntryTypes::devices_believed);
    if (!entries)
        return std::unexpected(not_listable(entries.error().code, directory));
    DevEntries found;
    std::vector<fs::path> links;
    for (const auto& [name, type] : *entries) {
        if (type == fs::file_type::symlink)
            links.push_back(directory / name);
        else if (is_heap(type, kind))
            found.nodes.push_back({.name = name, .aliases = {}});
        else
            found.warnings.push_back(std::format("{} is ignored: it is no character device.",
                                                 printable((directory / name).native())));
    }
    for (const fs::path& link : links)
        add_link(found, directory, link);
    std::ranges::sort(found.warnings);
    return found;
}

void probe_permission(Heap& heap) {
    const UniqueFd fd(::open(heap.device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    heap.open_errno = fd ? 0 : errno;
    if (fd)
        heap.permission = Permission::granted;
    else if (heap.open_errno == EACCES || heap.open_errno == EPERM)
        heap.permission = Permission::denied;
    else
        heap.permission = Permission::broken;
    heap.node_mode = read_node_mode(heap.device);
}

} // namespace heapsel
