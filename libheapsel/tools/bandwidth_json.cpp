// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth_json.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "counter_table.hpp"
#include "json.hpp"

namespace heapsel::tools {
namespace {

using bandwidth::Measurement;
using nlohmann::ordered_json;

ordered_json texts(const std::vector<std::string>& raw) {
    ordered_json list = ordered_json::array();
    for (const std::string& text : raw)
        list.push_back(printable(text));
    return list;
}

ordered_json spread_json(const std::optional<bandwidth::Spread>& spread) {
    if (!spread)
        return nullptr;
    return {{"mean", spread->mean},
            {"stdev", spread->deviation ? ordered_json(*spread->deviation) : ordered_json()},
            {"runs", spread->runs}};
}

ordered_json machine_json(const bandwidth::MachineNote& machine) {
    ordered_json memory = ordered_json::array();
    for (const auto& [region, ecc] : machine.region_ecc)
        memory.push_back({{"node", printable(region)}, {"ecc", ecc}});
    return {{"model", printable(machine.model)},
            {"compatible", texts(machine.compatible)},
            {"kernel", printable(machine.kernel)},
            {"clocks", texts(machine.clocks)},
            {"memory", std::move(memory)}};
}

ordered_json counter_json(const Measurement& measurement) {
    ordered_json json = to_json(measurement.setting.counter);
    json["kind"] = measurement.setting.counter.emulator ? "emulator" : "perf";
    return json;
}

ordered_json bindings_json(const bandwidth::Way& way) {
    if (way.as_it_is)
        return nullptr;
    ordered_json bindings = ordered_json::object();
    for (const auto& binding : way.bindings)
        bindings[printable(binding.use)] = texts(binding.heaps);
    return bindings;
}

ordered_json traffic_json(const bandwidth::Traffic& traffic) {
    return {{"side", to_string(traffic.subject.side)},
            {"share", to_string(traffic.subject.share)},
            {"of", traffic.subject.of.empty() ? ordered_json()
                                              : ordered_json(printable(traffic.subject.of))},
            {"read", spread_json(traffic.read)},
            {"written", spread_json(traffic.written)},
            {"both", spread_json(traffic.both)}};
}

ordered_json figures_json(const bandwidth::WayFigures& figures) {
    ordered_json traffic = ordered_json::array();
    for (const auto& one : figures.traffic)
        traffic.push_back(traffic_json(one));
    return {{"traffic", std::move(traffic)},
            {"seconds", spread_json(figures.seconds_per_frame)},
            {"with_ecc", spread_json(figures.with_ecc)},
            {"without_ecc", spread_json(figures.without_ecc)},
            {"ecc_tax", figures.ecc_tax ? ordered_json(*figures.ecc_tax) : ordered_json()}};
}

ordered_json runs_json(const Measurement& measurement, std::size_t way) {
    ordered_json runs = ordered_json::array();
    for (std::size_t order = 0; order < measurement.runs.size(); ++order) {
        const auto& run = measurement.runs[order];
        if (run.step.way == way)
            runs.push_back({{"order", order},
                            {"round", run.step.round},
                            {"pass", run.step.pass},
                            {"seconds", run.seconds},
                            {"frames", run.frames},
                            {"counts", run.counts},
                            {"enabled_ns", run.enabled_ns},
                            {"running_ns", run.running_ns}});
    }
    return runs;
}

ordered_json ways_json(const Measurement& measurement,
                       std::span<const bandwidth::WayFigures> figures) {
    ordered_json ways = ordered_json::array();
    for (std::size_t way = 0; way < figures.size(); ++way) {
        const auto* const failed = measurement.failure(way);
        ways.push_back({{"name", printable(measurement.setting.ways[way].name)},
                        {"bindings", bindings_json(measurement.setting.ways[way])},
                        {"failed", failed != nullptr ? ordered_json(printable(failed->because))
                                                     : ordered_json()},
                        {"runs", runs_json(measurement, way)},
                        {"bytes_per_frame", figures_json(figures[way])}});
    }
    return ways;
}

ordered_json idle_json(const Measurement& measurement) {
    if (!measurement.setting.idle_seconds)
        return nullptr;
    ordered_json idle = ordered_json::array();
    for (const auto& run : measurement.idle)
        idle.push_back({{"pass", run.pass}, {"seconds", run.seconds}, {"counts", run.counts}});
    return idle;
}

} // namespace

ordered_json bandwidth_json(const Measurement& measurement,
                            std::span<const bandwidth::WayFigures> figures) {
    const auto& setting = measurement.setting;
    return {{"schema", 1},
            {"label", printable(setting.label)},
            {"machine", machine_json(measurement.machine)},
            {"counter", counter_json(measurement)},
            {"device", measurement.machine.device.empty()
                           ? ordered_json()
                           : ordered_json(printable(measurement.machine.device))},
            {"driver", printable(measurement.machine.driver)},
            {"command", texts(setting.command)},
            {"seconds", setting.seconds ? ordered_json(*setting.seconds) : ordered_json()},
            {"frames", setting.frames.given ? "given" : "v4l2"},
            {"warm", setting.warm},
            {"order", to_string(setting.order)},
            {"idle", idle_json(measurement)},
            {"ways", ways_json(measurement, figures)},
            {"warnings", texts(measurement.warnings)}};
}

} // namespace heapsel::tools
