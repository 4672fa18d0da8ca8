// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/perf_group.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bandwidth/run/perf_error.hpp"

namespace heapsel::bandwidth {
namespace {

/// The descriptor, or -1 with errno. A leader waits for its group to be complete.
UniqueFd open_event(const MemoryEvent& event, int leader) {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = event.type;
    attributes.config = event.config;
    attributes.config1 = event.config1;
    attributes.config2 = event.config2;
    if (leader < 0)
        attributes.disabled = 1;
    attributes.read_format =
        PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    constexpr pid_t every_process = -1;
    return UniqueFd(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, every_process,
                                               event.cpu, leader, PERF_FLAG_FD_CLOEXEC)));
}

} // namespace

Result<PerfGroup> PerfGroup::open(std::vector<MemoryEvent> events,
                                  const PerfPermission& permission) {
    if (events.empty())
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "open a counter of memory traffic",
                                     .subject = {},
                                     .hint = "It has no events."});
    PerfGroup group(std::move(events));
    for (const MemoryEvent& event : group.events_) {
        const int leader = group.descriptors_.empty() ? -1 : group.descriptors_.front().get();
        UniqueFd descriptor = open_event(event, leader);
        if (!descriptor)
            return std::unexpected(perf_open_error(errno, event, permission));
        group.descriptors_.push_back(std::move(descriptor));
    }
    return group;
}

Result<void> PerfGroup::start() const {
    if (::ioctl(descriptors_.front().get(), PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP) != 0)
        return std::unexpected(perf_read_error(errno, events_.front()));
    return {};
}

Result<Reading> PerfGroup::read() const {
    constexpr std::size_t before_counts = 3; // how many, time enabled, time running
    std::vector<std::uint64_t> numbers(before_counts + events_.size());
    const std::size_t size = numbers.size() * sizeof(std::uint64_t);
    const ssize_t length = ::read(descriptors_.front().get(), numbers.data(), size);
    // An event whose PMU was taken away reads as the end of a file.
    if (length <= 0)
        return std::unexpected(perf_read_error(length < 0 ? errno : ENODEV, events_.front()));
    if (std::cmp_not_equal(length, size) || numbers[0] != events_.size())
        return std::unexpected(perf_read_error(EPROTO, events_.front()));
    return Reading{.enabled_ns = numbers[1],
                   .running_ns = numbers[2],
                   .counts = {numbers.begin() + before_counts, numbers.end()}};
}

std::vector<std::vector<MemoryEvent>> groups_of(std::span<const MemoryEvent> events) {
    std::vector<std::vector<MemoryEvent>> groups;
    for (const MemoryEvent& event : events) {
        if (groups.empty() || groups.back().front().pmu != event.pmu ||
            groups.back().front().cpu != event.cpu)
            groups.emplace_back();
        groups.back().push_back(event);
    }
    return groups;
}

} // namespace heapsel::bandwidth
