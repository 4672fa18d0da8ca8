// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <heapsel/accounting.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// A heap that a device can use, as its driver names it.
struct UsableHeap {
    std::string name;      ///< Raw; any of the names of a heap.
    bool bound = false;    ///< The driver allocates from the bound ones, in their order.
    bool in_use = false;   ///< There are buffers in it: of the file that is asked, or of a driver.
    Accounting accounting; ///< Who pays for its buffers, as the driver says.
    /// The device takes buffers from elsewhere in it, and allocates none from it itself, be it
    /// bound to it or not.
    bool import_only = false;
};

/// The heaps that a device can use for one of its memories, or why they are not known. A value.
struct HEAPSEL_EXPORT UsableHeaps {
    std::vector<UsableHeap> heaps; ///< In the driver's order: the bound ones first.
    /// Who says so: VIDIOC_ENUM_HEAPS, or a file in sysfs. Printable.
    std::string evidence;
    /// Empty where they are known, be it none at all. Printable.
    std::string unknown_because;
    /// What the driver takes where it takes from no heap, if it says so. It is bound where the
    /// driver may take it, and its name is that of the heap over the same memory, or empty.
    std::optional<UsableHeap> by_driver = {};

    /// The driver could be asked.
    [[nodiscard]] bool known() const { return unknown_because.empty(); }
    /// The entry with one of the names of `heap`, a bound one before others; null if there is
    /// none. Valid while this lives.
    [[nodiscard]] const UsableHeap* find(const Heap& heap) const;
};

} // namespace heapsel
