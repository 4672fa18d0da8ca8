// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// What to do about a heap that this process may not open, or whose node is broken: the node's
/// owner and mode, and the group or the udev rule that opens it. A full sentence. Looks up the
/// names of the owner and the group, which no scan does.
[[nodiscard]] HEAPSEL_EXPORT std::string permission_hint(const Heap& heap);

} // namespace heapsel
