// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/run/reading.hpp"
#include "inspect/perf_permission.hpp"

namespace heapsel::bandwidth {

/// Events of one PMU that are counted together, or not at all. Owns their descriptors. Move-only.
class PerfGroup {
  public:
    /// Opens them in their order, all on the CPU that each names, for whatever runs; none counts
    /// yet.
    ///
    /// EACCES, EPERM, ENOENT, EINVAL, EMFILE, ENODEV, EBUSY, E2BIG, ENOSYS and the rest of
    /// perf_event_open(2), with the hint of perf_open_error(). EINVAL also: no events.
    [[nodiscard]] static Result<PerfGroup> open(std::vector<MemoryEvent> events,
                                                const PerfPermission& permission);

    /// Counts from now on. The errno of ioctl(2).
    [[nodiscard]] Result<void> start() const;

    /// What was counted since then, all at one moment. ENODEV: the PMU is gone. EPROTO: the kernel
    /// gave something else than it was asked for. Else the errno of read(2).
    [[nodiscard]] Result<Reading> read() const;

    [[nodiscard]] std::span<const MemoryEvent> events() const { return events_; }

  private:
    explicit PerfGroup(std::vector<MemoryEvent> events) : events_(std::move(events)) {}

    std::vector<MemoryEvent> events_;
    std::vector<UniqueFd> descriptors_; ///< The first one leads.
};

/// The events of a pass as groups: those of one PMU and CPU that stand one behind the other. Pure.
[[nodiscard]] std::vector<std::vector<MemoryEvent>> groups_of(std::span<const MemoryEvent> events);

} // namespace heapsel::bandwidth
