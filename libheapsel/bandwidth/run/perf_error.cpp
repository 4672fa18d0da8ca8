// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/perf_error.hpp"

#include <cerrno>
#include <format>
#include <string>

#include <heapsel/printable.hpp>

namespace heapsel::bandwidth {
namespace {

std::string perf_name(const MemoryEvent& event) {
    return printable(std::format("{}/{}/", event.pmu, event.words));
}

std::string open_hint(int code, const MemoryEvent& event, const PerfPermission& permission) {
    switch (code) {
    case EACCES:
    case EPERM:
        return perf_remedy(permission);
    case ENOENT:
        return std::format("The kernel has no PMU of type {} that knows this event: its driver was "
                           "unloaded meanwhile, or does not have it. heapsel bandwidth --list "
                           "lists what is there.",
                           event.type);
    case EINVAL:
        return std::format("The PMU does not take this event together with those that are counted "
                           "already, or not on CPU {}. End what else counts, such as perf, and "
                           "compare the event with its format and cpumask in sysfs.",
                           event.cpu);
    case EMFILE:
        return "The process has as many files open as it may: raise that with ulimit -n.";
    case ENODEV:
        return std::format("The PMU is gone, or CPU {} of its cpumask is offline.", event.cpu);
    case EBUSY:
        return "Another program has the PMU for itself. End what else counts, such as perf.";
    case E2BIG:
        return "They are more events than the kernel counts together.";
    case ENOSYS:
        return "The kernel has no perf: it was built without CONFIG_PERF_EVENTS.";
    default:
        return {};
    }
}

} // namespace

std::string perf_remedy(const PerfPermission& permission) {
    if (!permission.paranoid)
        return "The kernel shows no /proc/sys/kernel/perf_event_paranoid: it was built without "
               "CONFIG_PERF_EVENTS, or /proc is not mounted.";
    if (permission.granted())
        return "This process has the permission: a container's seccomp profile or a security "
               "module forbids perf_event_open(2). Allow it there, or measure outside.";
    return std::format(
        "kernel.perf_event_paranoid is {}, and this process does not have CAP_PERFMON. Run it as "
        "root, or give it the capability: sudo setcap cap_perfmon+ep \"$(command -v heapsel)\"; or "
        "let all users count: sudo sysctl kernel.perf_event_paranoid=0.",
        *permission.paranoid);
}

Error perf_open_error(int code, const MemoryEvent& event, const PerfPermission& permission) {
    return {.code = code,
            .operation = "open a counter of memory traffic",
            .subject = perf_name(event),
            .hint = open_hint(code, event, permission)};
}

Error perf_read_error(int code, const MemoryEvent& event) {
    return {.code = code,
            .operation = "read a counter of memory traffic",
            .subject = perf_name(event),
            .hint = code == ENODEV ? "The PMU is gone: was its driver unloaded, or its CPU taken "
                                     "offline?"
                                   : ""};
}

} // namespace heapsel::bandwidth
