// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/counter_checks.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <utility>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

std::string counter_names(const CounterFacts& facts) {
    std::vector<std::string> names;
    std::ranges::transform(facts.counters, std::back_inserter(names),
                           [](const std::string& name) { return printable(name); });
    return joined(names, ", ");
}

Check broken_counter(const Error& error) {
    return {.subject = "counter",
            .condition = Condition::note,
            .finding =
                std::format("A counter of memory traffic cannot be used: {}", error.message()),
            .hint = {},
            .commands = {}};
}

Check permission_to_count(const CounterFacts& facts) {
    const std::string names = counter_names(facts);
    if (!facts.permission)
        return {.subject = "counter",
                .condition = Condition::unknown,
                .finding = std::format("{} counts memory traffic; who may read it is known of a "
                                       "live machine only.",
                                       names),
                .hint = {},
                .commands = {}};
    if (facts.permission->granted())
        return {.subject = "counter",
                .condition = Condition::ok,
                .finding =
                    std::format("{} counts memory traffic, and this process may read it.", names),
                .hint = {},
                .commands = {}};
    Check check{.subject = "counter",
                .condition = Condition::note,
                .finding =
                    std::format("{} counts memory traffic, and this process may not read it: "
                                "it has no CAP_PERFMON.",
                                names),
                .hint = "heapsel bandwidth needs root, that capability, or a lower "
                        "kernel.perf_event_paranoid:",
                .commands = {"sudo setcap cap_perfmon+ep \"$(command -v heapsel)\"",
                             "sudo sysctl kernel.perf_event_paranoid=0"}};
    if (const auto& paranoid = facts.permission->paranoid)
        check.finding.replace(check.finding.size() - 1, 1,
                              std::format(", and kernel.perf_event_paranoid is {}.", *paranoid));
    return check;
}

Check clock_check(const MemoryClock& clock) {
    const std::string name = printable(clock.name);
    const std::string governor = clock.governor.empty() ? "unknown" : printable(clock.governor);
    if (clock.pinned)
        return {.subject = "clock",
                .condition = Condition::ok,
                .finding = std::format("The memory's clock stays as it is ({}, governor {}).", name,
                                       governor),
                .hint = {},
                .commands = {}};
    return {.subject = "clock",
            .condition = Condition::note,
            .finding = std::format("The memory's clock follows the load ({}, governor {}), so "
                                   "times and rates of two runs cannot be compared.",
                                   name, governor),
            .hint = "Pin it while heapsel bandwidth measures:",
            .commands = {std::format(
                "echo performance | sudo tee {}",
                shell_word(std::format("/sys/class/devfreq/{}/governor", clock.name)))}};
}

} // namespace

std::vector<Check> counter_checks(const CounterFacts& facts) {
    std::vector<Check> checks;
    if (facts.unreadable)
        checks.push_back(broken_counter(*facts.unreadable));
    if (facts.counters.empty())
        return checks;
    checks.push_back(permission_to_count(facts));
    std::ranges::transform(facts.clocks, std::back_inserter(checks), clock_check);
    return checks;
}

} // namespace heapsel
