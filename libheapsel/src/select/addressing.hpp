// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/select.hpp>

namespace heapsel {

/// Whether the address bits of `consumer` reach all of the heap's memory, for certain, and whether
/// its buffers of `size` bytes or more, 0 being any, begin where `consumer` wants them: one finding
/// for each of these that it asks for.
[[nodiscard]] std::vector<Finding> addressing_findings(const Consumer& consumer, const Heap& heap,
                                                       std::uint64_t size);

} // namespace heapsel
