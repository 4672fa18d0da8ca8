// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// An entry of /dev/dma_heap, with the names of the symbolic links that lead to it.
struct HeapNode {
    std::string name;
    std::vector<std::string> aliases;
};

struct DevEntries {
    std::vector<HeapNode> nodes; ///< Sorted by name.
    std::vector<std::string> warnings;
};

enum class NodeKind : std::uint8_t {
    character_device, ///< A live machine: all else is passed over with a warning.
    regular_file      ///< A recorded tree: a file stands for a heap, as a device does.
};

/// Lists `directory`. ENOENT, EACCES: as of `HeapCatalog::scan`, with what to do about it.
[[nodiscard]] Result<DevEntries> list_dev_entries(const std::filesystem::path& directory,
                                                  NodeKind kind);

/// Opens the node of `heap` for reading, closes it, and fills in `permission`, `open_errno` and
/// `node_mode`.
void probe_permission(Heap& heap);

} // namespace heapsel
