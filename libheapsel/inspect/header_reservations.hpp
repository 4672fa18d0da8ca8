// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// What the header of a flattened tree reserves (/memreserve/ in its source), without what has no
/// bytes or runs past the end of the address space. EINVAL: the tree is malformed.
[[nodiscard]] Result<std::vector<Region>> header_reservations(std::span<const std::byte> bytes);

} // namespace heapsel
