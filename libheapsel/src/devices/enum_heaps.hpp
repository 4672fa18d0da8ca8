// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/usable_heaps.hpp>

#include "uapi/heap_entry.hpp"

namespace heapsel {

/// What a device can use for one of its uses.
struct UseHeaps {
    std::string use; ///< Raw.
    std::string
        part_of; ///< Another use, in whose buffers it lies; empty where it has its own. Raw.
    UsableHeaps usable;
};

/// What a driver lists, by use, or why that is not known.
struct HeapList {
    std::vector<UseHeaps> uses; ///< In the driver's order.
    std::string unknown_because;
};

/// Sorts a driver's entries by their uses. An entry that repeats an earlier name of its use, or has
/// none, is left out. `call` is the ioctl that they are from. Pure.
[[nodiscard]] std::vector<UseHeaps> heaps_by_use(const std::vector<uapi::HeapEntry>& entries,
                                                 const std::string& call);

/// Those of the one use that a list has which was made for one; of none, if there is none.
[[nodiscard]] UseHeaps heaps_of_one_use(HeapList list, const std::string& call);

/// A list that a kernel without the ioctl has.
[[nodiscard]] HeapList no_such_call(const std::string& call);

} // namespace heapsel
