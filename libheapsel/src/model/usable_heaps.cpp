// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

const UsableHeap* UsableHeaps::find(const Heap& heap) const {
    const UsableHeap* found = nullptr;
    for (const UsableHeap& entry : heaps) {
        if (!heap.is_called(entry.name))
            continue;
        if (entry.bound)
            return &entry;
        if (found == nullptr)
            found = &entry;
    }
    return found;
}

} // namespace heapsel
