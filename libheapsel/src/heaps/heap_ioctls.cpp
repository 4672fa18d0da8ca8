// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_ioctls.hpp"

#include <algorithm>

#include "io/directory.hpp"

namespace heapsel {

bool kernel_lists_usable_heaps() {
    const auto heaps = Directory::open(heap_class);
    if (!heaps)
        return false;
    const auto entries = heaps->entries();
    return entries && std::ranges::any_of(*entries, [&](const DirectoryEntry& heap) {
               return heaps->has(heap.name + "/buffers");
           });
}

} // namespace heapsel
