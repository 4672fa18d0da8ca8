// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/select.hpp>

namespace heapsel {

/// Whether the driver of `consumer` can use `heap`, as it says or as a trial has shown: one finding
/// of a consumer that is a device, none of one that is a requirement. Where that is not known, the
/// finding is noted, and keeps no heap out.
[[nodiscard]] std::vector<Finding> compatibility_findings(const Consumer& consumer,
                                                          const Heap& heap);

/// The place of `heap` among those that `consumer` is bound to, the least the first; behind them
/// all if it is none of them.
[[nodiscard]] std::size_t binding_place(const Consumer& consumer, const Heap& heap);

} // namespace heapsel
