// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/reading.hpp"

#include <cerrno>
#include <format>
#include <string>
#include <utility>

namespace heapsel::bandwidth {
namespace {

std::string event_name(const MemoryEvent& event) {
    return std::format("{}/{}/", event.pmu, event.words);
}

std::unexpected<Error> not_counted(int code, std::string subject, std::string hint) {
    return std::unexpected(Error{.code = code,
                                 .operation = "count the traffic of memory",
                                 .subject = std::move(subject),
                                 .hint = std::move(hint)});
}

} // namespace

Result<Reading> between(const Reading& first, const Reading& last,
                        std::span<const MemoryEvent> events) {
    const std::string subject = events.empty() ? std::string() : event_name(events.front());
    if (first.counts.size() != events.size() || last.counts.size() != events.size())
        return not_counted(EPROTO, subject,
                           "The kernel gave another number of counts than of events.");
    if (last.enabled_ns < first.enabled_ns || last.running_ns < first.running_ns)
        return not_counted(EOVERFLOW, subject, "The time that it was counted for ran backwards.");
    Reading reading{.enabled_ns = last.enabled_ns - first.enabled_ns,
                    .running_ns = last.running_ns - first.running_ns,
                    .counts = {}};
    if (reading.enabled_ns == 0 || reading.running_ns == 0)
        return not_counted(
            ENODATA, subject,
            "It was not counted at all: another program has the counters. End what else "
            "counts, such as perf.");
    if (reading.running_ns < reading.enabled_ns)
        return not_counted(
            EBUSY, subject,
            std::format("It was counted for {} of {} ns only, as another program shares "
                        "the counters. End what else counts, such as perf.",
                        reading.running_ns, reading.enabled_ns));
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (last.counts[i] < first.counts[i])
            return not_counted(
                EOVERFLOW, event_name(events[i]),
                std::format("The count ran backwards, from {} to {}: it wrapped, or "
                            "somebody set it. Measure for a shorter time, and end what "
                            "else counts, such as perf.",
                            first.counts[i], last.counts[i]));
        reading.counts.push_back(last.counts[i] - first.counts[i]);
    }
    return reading;
}

} // namespace heapsel::bandwidth
