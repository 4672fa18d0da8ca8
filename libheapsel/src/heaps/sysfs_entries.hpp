// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heapsel {

/// A directory of /sys/class/dma_heap, with what in it does not change while the heap lives.
struct HeapDirectory {
    std::string name; ///< The heap's.
    std::filesystem::path path;
    std::optional<std::string> node;   ///< "/reserved-memory/video@50000000", where of_node leads.
    std::optional<std::uint64_t> size; ///< `size_bytes`.
};

struct HeapDirectories {
    std::vector<HeapDirectory> directories; ///< Sorted by name.
    std::vector<std::string> warnings; ///< What could not be read, each a sentence for a person.
};

/// The directories of the machine whose files stand under `root`; none where the kernel has no
/// heaps. A link that leads out of `root`'s sysfs is passed over. Of `of_node` only the text
/// counts, so it may lead nowhere, as it does in a recording.
[[nodiscard]] HeapDirectories read_heap_directories(const std::filesystem::path& root);

/// The path in the device tree that an of_node, whose text is `target`, leads to, if that is a
/// child of /reserved-memory. Pure.
[[nodiscard]] std::optional<std::string> reserved_node(std::string_view target);

} // namespace heapsel
