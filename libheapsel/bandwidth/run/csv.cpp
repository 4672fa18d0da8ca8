// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/csv.hpp"

#include <cstddef>
#include <format>
#include <string_view>

#include <heapsel/printable.hpp>

#include "bandwidth/run/figures.hpp"

namespace heapsel::bandwidth {
namespace {

std::string csv_cell(std::string_view raw) {
    const std::string text = printable(raw);
    if (text.find_first_of(",\"") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csv_line(const Run& run, const Way& way, std::size_t order, const MemoryEvent& event,
                     std::uint64_t count, double idle) {
    const double bytes = static_cast<double>(count) * static_cast<double>(event.bytes_per_count);
    return std::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{:.1f}\n", csv_cell(way.name),
                       order, run.step.round, run.step.pass, csv_cell(event.pmu),
                       csv_cell(event.words), to_string(event.side), to_string(event.share),
                       csv_cell(event.of), to_string(event.direction), count, event.bytes_per_count,
                       run.frames, run.seconds,
                       (bytes - idle * run.seconds) / static_cast<double>(run.frames));
}

} // namespace

std::string csv_of(const Measurement& measurement) {
    std::string text = "way,order,round,pass,pmu,event,side,share,of,direction,count,"
                       "bytes_per_count,frames,seconds,bytes_per_frame\n";
    for (std::size_t order = 0; order < measurement.runs.size(); ++order) {
        const Run& run = measurement.runs[order];
        const auto& events = measurement.events(run.step.pass);
        const auto idle = idle_rates(measurement, run.step.pass);
        for (std::size_t i = 0; i < events.size(); ++i)
            text += csv_line(run, measurement.setting.ways[run.step.way], order, events[i],
                             run.counts[i], idle[i]);
    }
    return text;
}

} // namespace heapsel::bandwidth
