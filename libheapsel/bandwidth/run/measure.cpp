// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/measure.hpp"

#include <cerrno>
#include <format>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "bandwidth/run/kernel_log.hpp"
#include "bandwidth/run/one_run.hpp"
#include "bandwidth/run/perf_group.hpp"

namespace heapsel::bandwidth {
namespace {

Result<void> measure_idle(Measurement& measurement, const Instruments& instruments) {
    if (!measurement.setting.idle_seconds)
        return {};
    for (std::size_t pass = 0; pass < measurement.setting.counter.passes.size(); ++pass) {
        auto idle = run_idle(measurement.setting, pass, instruments);
        if (!idle)
            return std::unexpected(std::move(idle.error()));
        measurement.idle.push_back(*std::move(idle));
    }
    return {};
}

/// Whether counts were lost since it was asked last. A log that cannot be read says nothing.
Result<void> check_log(const std::optional<KernelLog>& log) {
    if (!log || !log->says(lost_counts).value_or(false))
        return {};
    return std::unexpected(
        Error{.code = EOVERFLOW,
              .operation = "count the traffic of memory",
              .subject = "the kernel's log",
              .hint = "It says that events were lost, as a counter stopped at its largest value. "
                      "Measure a shorter command."});
}

std::optional<KernelLog> log_where_needed(Measurement& measurement) {
    if (!measurement.setting.counter.stops_at_overflow)
        return std::nullopt;
    auto log = KernelLog::from_now();
    if (log)
        return *std::move(log);
    measurement.warnings.push_back(
        "The counters stop at their largest value, which the kernel's log tells, and that could "
        "not be read: " +
        log.error().message());
    return std::nullopt;
}

void take(Measurement& measurement, const Step& step, RunOutcome outcome) {
    if (auto* const run = std::get_if<Run>(&outcome))
        measurement.runs.push_back(std::move(*run));
    else
        measurement.failed.push_back(
            {.way = step.way,
             .because =
                 std::format("{}, in run {}", std::get<std::string>(outcome), step.round + 1)});
}

Result<void> measure_steps(Measurement& measurement, const Instruments& instruments,
                           const KeptBindings& bindings, const Progress& progress) {
    const auto& setting = measurement.setting;
    const auto log = log_where_needed(measurement);
    const auto steps =
        schedule(setting.ways.size(), setting.counter.passes.size(), setting.runs, setting.order);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (measurement.failure(steps[i].way) != nullptr)
            continue;
        if (auto passed = instruments.signals->pass({}); !passed)
            return passed;
        progress(steps[i], i + 1, steps.size());
        if (auto bound = bindings.apply(setting.ways[steps[i].way]); !bound)
            return bound;
        auto outcome = run_once(setting, steps[i], instruments);
        if (!outcome)
            return std::unexpected(std::move(outcome.error()));
        take(measurement, steps[i], *std::move(outcome));
        if (auto sound = check_log(log); !sound)
            return sound;
    }
    return {};
}

} // namespace

Result<Measurement> measure(Setting setting, MachineNote machine, const HeldSignals& signals,
                            const KeptBindings& bindings, FrameTrace* frames,
                            const Progress& progress) {
    Measurement measurement{.setting = std::move(setting),
                            .machine = std::move(machine),
                            .runs = {},
                            .idle = {},
                            .failed = {},
                            .warnings = {}};
    const Instruments instruments{
        .signals = &signals, .frames = frames, .permission = read_perf_permission("/")};
    if (auto idle = measure_idle(measurement, instruments); !idle)
        return std::unexpected(std::move(idle.error()));
    if (auto ran = measure_steps(measurement, instruments, bindings, progress); !ran)
        return std::unexpected(std::move(ran.error()));
    if (auto idle = measure_idle(measurement, instruments); !idle)
        return std::unexpected(std::move(idle.error()));
    return measurement;
}

Result<void> check_counter(const MemoryCounter& counter) {
    const PerfPermission permission = read_perf_permission("/");
    for (const CounterPass& pass : counter.passes) {
        std::vector<PerfGroup> open;
        for (auto& events : groups_of(pass.events)) {
            auto group = PerfGroup::open(std::move(events), permission);
            if (!group)
                return std::unexpected(std::move(group.error()));
            open.push_back(*std::move(group));
        }
    }
    return {};
}

} // namespace heapsel::bandwidth
