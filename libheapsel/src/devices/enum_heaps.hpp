// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// An ioctl that lists heaps by index, and how its answers are read.
struct HeapEnumeration {
    /// An errno for entry 0 that leaves the heaps unknown, and why.
    struct Unknown {
        int code = 0;
        std::string because;
    };

    std::string call;             ///< Its name: "VIDIOC_ENUM_HEAPS".
    int end = 0;                  ///< The errno past the last entry.
    std::vector<Unknown> unknown; ///< Looked through before `end`.
    std::function<Result<UsableHeap>(std::uint32_t index)> entry;
};

/// The whole list. Unknown on a kernel that does not show that it has such ioctls, which is not
/// asked then. An entry that repeats an earlier name, or has none, is left out.
///
/// EOVERFLOW: the list does not end. Any other error of `entry`.
[[nodiscard]] Result<UsableHeaps> list_usable_heaps(const HeapEnumeration& enumeration);

} // namespace heapsel
