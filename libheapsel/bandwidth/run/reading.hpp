// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <heapsel/error.hpp>

#include "bandwidth/pmu/memory_counter.hpp"

namespace heapsel::bandwidth {

/// What a group of events had counted at one moment, or between two.
struct Reading {
    std::uint64_t enabled_ns = 0;
    std::uint64_t running_ns = 0;
    std::vector<std::uint64_t> counts; ///< In the order of the events.
    bool operator==(const Reading&) const = default;
};

/// What `events` counted from `first` to `last`.
///
/// EBUSY: they shared the PMU with others' and were not counted all the time; no such number is
/// ever scaled to what it might have been. ENODATA: they were not counted at all. EOVERFLOW: a
/// count ran backwards, as one does that wrapped, or that somebody else set. EPROTO: not one count
/// an event.
[[nodiscard]] Result<Reading> between(const Reading& first, const Reading& last,
                                      std::span<const MemoryEvent> events);

} // namespace heapsel::bandwidth
