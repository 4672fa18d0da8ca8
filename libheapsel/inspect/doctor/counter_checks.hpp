// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

#include "inspect/doctor/diagnosis.hpp"
#include "inspect/memory_clock.hpp"
#include "inspect/perf_permission.hpp"

namespace heapsel {

/// What keeps a user from counting the traffic of memory. A value.
struct CounterFacts {
    std::vector<std::string> counters; ///< The PMUs that count it; raw.
    std::optional<Error> unreadable;   ///< Why one of them cannot be used, where it describes
                                       ///< itself in a way that makes no sense.
    std::optional<PerfPermission> permission; ///< Absent of a recorded machine.
    std::vector<MemoryClock> clocks;
};

/// None where nothing counts it. Pure.
[[nodiscard]] std::vector<Check> counter_checks(const CounterFacts& facts);

} // namespace heapsel
