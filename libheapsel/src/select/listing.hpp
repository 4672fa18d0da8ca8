// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// Why `consumer` cannot use `heap`: "/dev/video0 (vicodec) capture: the driver does not list it".
/// Empty if it lists it, or is not known to list any and has not refused it in a trial. Pure.
[[nodiscard]] std::string refusal(const Consumer& consumer, const Heap& heap);

/// That `consumer` lists `heap`, or that nobody knows, and what a trial has shown; empty for a
/// consumer of which neither is to be said. `refusal` is empty. Pure.
[[nodiscard]] std::string acceptance(const Consumer& consumer, const Heap& heap);

/// Where `heap` stands with `consumer`.
struct Standing {
    bool refused = false; ///< As `refusal` has it.
    /// Its place among those that the consumer is bound to, the least the first; behind them all if
    /// it is none of them.
    std::size_t place = 0;
};
[[nodiscard]] Standing standing_with(const Consumer& consumer, const Heap& heap);

} // namespace heapsel
