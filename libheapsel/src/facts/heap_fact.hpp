// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heapsel {

/// Something that a file says, and where: "rockchip.toml:12", printable.
template <typename T>
struct Stated {
    T value{};
    std::string where;
};

/// Which heaps an entry is about. All that is given must fit, and of a list one pattern; in each a
/// `*` stands for any text.
struct HeapMatch {
    std::vector<std::string> names; ///< One of the heap's names.
    /// The name of the child of /reserved-memory that the heap lies over. Of a heap that the kernel
    /// links to none, it is this one; a `*` in it is then what the one in the name stands for.
    std::string node;
    std::vector<std::string> compatible; ///< One of that node's.
    std::optional<bool> no_map;          ///< Whether that node has no-map.
    std::vector<std::string> kernels;    ///< The kernel's release.
    std::vector<std::string> machines;   ///< One of the compatibles of the device tree's root.
    friend bool operator==(const HeapMatch&, const HeapMatch&) = default;
};

/// What a file says of the heaps of a kernel that does not say it itself. A value.
struct HeapFact {
    HeapMatch match;
    std::string where; ///< The entry's place; printable.
    std::optional<Stated<bool>> contiguous;
    std::optional<Stated<bool>> cached;
    std::optional<Stated<bool>> protected_memory;
    std::optional<Stated<std::uint64_t>> last_address; ///< The last byte that a buffer can have.
    std::vector<std::string> aliases; ///< Other heaps' names that are this very heap.
};

} // namespace heapsel
