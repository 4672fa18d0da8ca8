// SPDX-License-Identifier: LGPL-2.1-or-later
#include "counter_table.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "table.hpp"

namespace heapsel::tools {
namespace {

using bandwidth::CounterPass;
using bandwidth::MemoryCounter;
using bandwidth::MemoryEvent;
using bandwidth::Share;
using bandwidth::Side;
using bandwidth::UncountedMemory;
using nlohmann::ordered_json;

using Row = std::vector<std::string>;

constexpr std::size_t text_width = 100;
constexpr std::size_t text_indent = 2;

std::string whose(const MemoryEvent& event) {
    return event.share == Share::all
               ? "all"
               : std::format("{} {}", to_string(event.share), printable(event.of));
}

Row row_of(std::size_t pass, const MemoryEvent& event) {
    return {std::to_string(pass),
            printable(std::format("{}/{}/", event.pmu, event.words)),
            std::string(to_string(event.direction)),
            event.side == Side::dram ? "DRAM" : "bus",
            whose(event),
            std::to_string(event.bytes_per_count)};
}

std::string indented(const std::string& lines) {
    const std::string indent(text_indent, ' ');
    std::string text = indent + lines;
    for (auto end = text.find('\n'); end + 1 < text.size(); end = text.find('\n', end + 1))
        text.insert(end + 1, indent);
    return text;
}

std::string events_of(const MemoryCounter& counter) {
    std::vector<Row> rows{{"PASS", "EVENT", "COUNTS", "ON", "WHOSE", "BYTES"}};
    for (std::size_t pass = 0; pass < counter.passes.size(); ++pass) {
        for (const MemoryEvent& event : counter.passes[pass].events)
            rows.push_back(row_of(pass + 1, event));
    }
    return indented(table(rows));
}

/// Each once, in the order of the events.
std::vector<std::string> sources_of(const MemoryCounter& counter) {
    std::vector<std::string> sources;
    for (const CounterPass& pass : counter.passes) {
        for (const MemoryEvent& event : pass.events) {
            if (!std::ranges::contains(sources, event.source))
                sources.push_back(event.source);
        }
    }
    return sources;
}

std::string heading(const MemoryCounter& counter) {
    return std::format("{} ({}{})\n", printable(counter.name), printable(counter.soc),
                       counter.emulator ? ", an emulator" : "");
}

std::string description(const MemoryCounter& counter) {
    std::vector<Row> rows;
    for (const std::string& source : sources_of(counter))
        rows.push_back({rows.empty() ? "Bytes of a count:" : "", printable(source)});
    std::string text = heading(counter) + events_of(counter);
    text += wrapped_table(rows, text_indent, text_width);
    std::vector<Row> cautions;
    for (const std::string& caution : counter.cautions)
        cautions.push_back({"-", printable(caution)});
    return text + wrapped_table(cautions, text_indent, text_width);
}

} // namespace

std::string counter_table(std::span<const MemoryCounter> counters,
                          std::span<const UncountedMemory> uncounted) {
    std::string text;
    for (const MemoryCounter& counter : counters)
        text += (text.empty() ? "" : "\n") + description(counter);
    if (uncounted.empty())
        return text;
    std::vector<Row> rows;
    for (const auto& [name, why] : uncounted)
        rows.push_back({printable(name), printable(why)});
    return text + (text.empty() ? "" : "\n") + "no figures from\n" +
           wrapped_table(rows, text_indent, text_width);
}

namespace {

std::string hexadecimal(std::uint64_t number) {
    return std::format("{:#x}", number);
}

ordered_json event_json(const MemoryEvent& event) {
    return {{"pmu", printable(event.pmu)},
            {"words", printable(event.words)},
            {"direction", to_string(event.direction)},
            {"side", to_string(event.side)},
            {"share", to_string(event.share)},
            {"of", event.of.empty() ? ordered_json() : ordered_json(printable(event.of))},
            {"bytes_per_count", event.bytes_per_count},
            {"source", printable(event.source)},
            {"type", event.type},
            {"config", hexadecimal(event.config)},
            {"config1", hexadecimal(event.config1)},
            {"config2", hexadecimal(event.config2)},
            {"cpu", event.cpu}};
}

} // namespace

ordered_json to_json(const MemoryCounter& counter) {
    ordered_json passes = ordered_json::array();
    for (const CounterPass& pass : counter.passes) {
        ordered_json events = ordered_json::array();
        for (const MemoryEvent& event : pass.events)
            events.push_back(event_json(event));
        passes.push_back(std::move(events));
    }
    ordered_json cautions = ordered_json::array();
    for (const std::string& caution : counter.cautions)
        cautions.push_back(printable(caution));
    return {{"name", printable(counter.name)}, {"soc", printable(counter.soc)},
            {"emulator", counter.emulator},    {"by_region", counter.by_region},
            {"by_master", counter.by_master},  {"stops_at_overflow", counter.stops_at_overflow},
            {"passes", std::move(passes)},     {"cautions", std::move(cautions)}};
}

ordered_json to_json(const UncountedMemory& uncounted) {
    return {{"name", printable(uncounted.name)}, {"why", printable(uncounted.why)}};
}

} // namespace heapsel::tools
