// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_nodes.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>
#include <utility>

#include <fcntl.h>

#include <heapsel/printable.hpp>
#include <heapsel/unique_fd.hpp>

#include "heaps/read_node_mode.hpp"
#include "io/folder.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

Error not_listable(int code, const fs::path& folder) {
    std::string remedy;
    if (code == ENOENT)
        remedy = "The kernel has no dma-buf heaps: it needs CONFIG_DMABUF_HEAPS with "
                 "CONFIG_DMABUF_HEAPS_SYSTEM or CONFIG_DMABUF_HEAPS_CMA; if they are modules, load "
                 "them, and see that devtmpfs is mounted on /dev.";
    else if (code == EACCES)
        remedy = "Give the user read and search permission on the folder.";
    return {.code = code,
            .attempted = "list the heaps",
            .subject = folder.native(),
            .remedy = std::move(remedy)};
}

bool is_heap(fs::file_type type, NodeKind kind) {
    return type == fs::file_type::character ||
           (kind == NodeKind::regular_file && type == fs::file_type::regular);
}

/// A link counts if it leads to a heap of the same folder.
void add_link(HeapNodes& found, const fs::path& folder, const fs::path& link) {
    std::error_code failure;
    const fs::path target = fs::canonical(link, failure);
    const fs::path home = failure ? fs::path() : fs::canonical(folder, failure);
    const auto node = std::ranges::find(found.nodes, target.filename().native(), &HeapNode::name);
    if (failure || target.parent_path() != home || node == found.nodes.end()) {
        found.warnings.push_back(
            std::format("{} is ignored: a link that leads to no heap.", printable(link.native())));
        return;
    }
    node->aliases.push_back(link.filename().native());
}

} // namespace

Result<HeapNodes> list_heap_nodes(const fs::path& folder, NodeKind kind) {
    // A container gets its nodes by bind mounts over regular files.
    const auto entries = list_folder(folder, EntryTypes::looked_up);
    if (!entries)
        return std::unexpected(not_listable(entries.error().code, folder));
    HeapNodes found;
    std::vector<fs::path> links;
    for (const auto& [name, type] : *entries) {
        if (type == fs::file_type::symlink)
            links.push_back(folder / name);
        else if (is_heap(type, kind))
            found.nodes.push_back({.name = name, .aliases = {}});
        else
            found.warnings.push_back(std::format("{} is ignored: it is no character device.",
                                                 printable((folder / name).native())));
    }
    for (const fs::path& link : links)
        add_link(found, folder, link);
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
