// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <heapsel/error.hpp>

#include "bandwidth/pmu/memory_counter.hpp"
#include "inspect/perf_permission.hpp"

namespace heapsel::bandwidth {

/// Why perf_event_open(2) refused `event` with the errno `code`, and what to do. Pure.
[[nodiscard]] Error perf_open_error(int code, const MemoryEvent& event,
                                    const PerfPermission& permission);

/// What to set so that this process may count; a sentence, or two. Pure.
[[nodiscard]] std::string perf_remedy(const PerfPermission& permission);

/// A PMU whose counts cannot be read any more. Pure.
[[nodiscard]] Error perf_read_error(int code, const MemoryEvent& event);

} // namespace heapsel::bandwidth
