// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <heapsel/usable_heaps.hpp>

#include "fake_ioctl.hpp"

namespace heapsel::test {

using Names = std::vector<std::string>;

inline Names names_of(const UsableHeaps& usable) {
    Names names;
    for (const UsableHeap& heap : usable.heaps)
        names.push_back(heap.name);
    return names;
}

/// A driver that lists `names`, the first of them with the flag `active`, and then answers `end`.
template <typename Entry>
auto listing(Names names, int end, __u32 active) {
    return [names = std::move(names), end, active](Entry& entry) {
        if (entry.index >= names.size())
            return end;
        fill(entry.name, names[entry.index]);
        entry.flags = entry.index == 0 ? active : 0;
        return 0;
    };
}

} // namespace heapsel::test
