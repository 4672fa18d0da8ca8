// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <heapsel/select.hpp>

namespace gstheapsel {

/// The element's properties that decide the heap, as the user wrote them; empty means not given.
struct Wishes {
    std::string require;
    std::string prefer;
    std::string heap;
    std::string consumers;
};

/// Scans the machine's heaps and selects. The selection has at least one candidate. An error in one
/// of the wishes names the property in its subject.
[[nodiscard]] heapsel::Result<heapsel::Selection> select_heap(const Wishes& wishes);

} // namespace gstheapsel
