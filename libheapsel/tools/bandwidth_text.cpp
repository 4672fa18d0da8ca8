// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth_text.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

using bandwidth::Measurement;
using bandwidth::Share;
using bandwidth::Side;
using bandwidth::Spread;
using bandwidth::Subject;
using bandwidth::Traffic;
using bandwidth::WayFigures;
using Figures = std::span<const WayFigures>;
using Rows = std::vector<std::vector<std::string>>;

constexpr double mib = 1 << 20;
constexpr std::size_t report_width = 100;

/// "15.10+-0.02" MiB; "-" of nothing.
std::string mib_cell(const std::optional<Spread>& bytes) {
    if (!bytes)
        return "-";
    const std::string mean = std::format("{:.2f}", bytes->mean / mib);
    return bytes->deviation ? mean + std::format("+-{:.2f}", *bytes->deviation / mib) : mean;
}

std::string_view side_word(Side side) {
    return side == Side::dram ? "DRAM" : "BUS";
}

std::string heading(const Subject& subject) {
    const std::string side(side_word(subject.side));
    return subject.share == Share::master ? printable(subject.of) + " " + side : side;
}

/// What all ways have, without regions, which have a table of their own: the DRAM's side first.
std::vector<Subject> columns_of(Figures figures) {
    std::set<Subject> found;
    for (const WayFigures& way : figures) {
        for (const Traffic& traffic : way.traffic) {
            if (traffic.subject.share == Share::all || traffic.subject.share == Share::master)
                found.insert(traffic.subject);
        }
    }
    std::vector<Subject> columns(found.begin(), found.end());
    std::ranges::stable_sort(columns, {}, [](const Subject& subject) {
        return std::pair(subject.share, subject.side == Side::bus);
    });
    return columns;
}

/// Of a counter that does not tell reads from writes, one column.
bool is_split(const Subject& subject, Figures figures) {
    return std::ranges::any_of(figures, [&](const WayFigures& way) {
        const Traffic* const traffic = way.find(subject);
        return traffic != nullptr && (traffic->read || traffic->written);
    });
}

std::string change(double now, double before) {
    return before > 0 ? std::format("{:+.1f} %", (now / before - 1) * 100) : "-";
}

/// By how much it is more or less than the first way.
std::string against(const WayFigures& way, const WayFigures& first) {
    const Traffic* const now = way.whole();
    const Traffic* const before = first.whole();
    if (&way == &first)
        return "";
    if (now == nullptr || before == nullptr || !now->both || !before->both)
        return "-";
    return change(now->both->mean, before->both->mean);
}

std::string ecc_against(const WayFigures& way, const WayFigures& first) {
    if (&way == &first)
        return "";
    return way.with_ecc && first.with_ecc ? change(way.with_ecc->mean, first.with_ecc->mean) : "-";
}

std::string rate_cell(const WayFigures& way) {
    return way.seconds_per_frame && way.seconds_per_frame->mean > 0
               ? std::format("{:.1f}", 1 / way.seconds_per_frame->mean)
               : "-";
}

bool any_has(Figures figures, auto member) {
    return std::ranges::any_of(figures, [&](const WayFigures& way) { return !!(way.*member); });
}

/// A column that no way has anything in takes no room.
bool is_compared(Figures figures) {
    return figures.size() > 1;
}

std::vector<std::string> heading_row(Figures figures, const std::vector<Subject>& columns) {
    std::vector<std::string> row{"WAY"};
    for (const Subject& subject : columns) {
        const std::string word = heading(subject);
        if (!is_split(subject, figures))
            row.push_back(word + " BOTH");
        else
            row.insert(row.end(), {word + " READ", word + " WRITTEN"});
    }
    if (any_has(figures, &WayFigures::with_ecc))
        row.insert(row.end(), {"IN ECC", is_compared(figures) ? "CHANGE" : "", "IN NON-ECC"});
    if (any_has(figures, &WayFigures::ecc_tax))
        row.emplace_back("ECC TAX");
    row.insert(row.end(), {"FRAMES/S", is_compared(figures) ? "ALL, CHANGE" : ""});
    return row;
}

std::vector<std::string> way_row(const std::string& name, const WayFigures& way, Figures figures,
                                 const std::vector<Subject>& columns) {
    std::vector<std::string> row{printable(name)};
    for (const Subject& subject : columns) {
        const Traffic* const found = way.find(subject);
        const Traffic traffic = found == nullptr ? Traffic{} : *found;
        if (!is_split(subject, figures))
            row.push_back(mib_cell(traffic.both));
        else
            row.insert(row.end(), {mib_cell(traffic.read), mib_cell(traffic.written)});
    }
    if (any_has(figures, &WayFigures::with_ecc))
        row.insert(row.end(), {mib_cell(way.with_ecc), ecc_against(way, figures.front()),
                               mib_cell(way.without_ecc)});
    if (any_has(figures, &WayFigures::ecc_tax))
        row.push_back(way.ecc_tax ? std::format("{:.2f}", *way.ecc_tax) : "-");
    row.insert(row.end(), {rate_cell(way), against(way, figures.front())});
    return row;
}

std::string ways_table(const Measurement& measurement, Figures figures) {
    const auto columns = columns_of(figures);
    Rows rows{heading_row(figures, columns)};
    for (std::size_t way = 0; way < figures.size(); ++way) {
        const std::string& name = measurement.setting.ways[way].name;
        if (measurement.failure(way) != nullptr)
            rows.push_back({printable(name), "failed"});
        else
            rows.push_back(way_row(name, figures[way], figures, columns));
    }
    return table(rows);
}

std::string ecc_word(const Measurement& measurement, const std::string& region) {
    const auto known = measurement.machine.region_ecc.find(region);
    if (known == measurement.machine.region_ecc.end())
        return "-";
    return known->second ? "yes" : "no";
}

/// A row for each region or channel of each way; empty where the counter knows of none.
std::string parts_table(const Measurement& measurement, Figures figures) {
    Rows rows{{"WAY", "REGION OR CHANNEL", "ECC", "SIDE", "READ", "WRITTEN", "BOTH"}};
    for (std::size_t way = 0; way < figures.size(); ++way) {
        for (const Traffic& traffic : figures[way].traffic) {
            const Subject& subject = traffic.subject;
            if (subject.share == Share::region || subject.share == Share::channel)
                rows.push_back({printable(measurement.setting.ways[way].name),
                                printable(subject.of), ecc_word(measurement, subject.of),
                                std::string(side_word(subject.side)), mib_cell(traffic.read),
                                mib_cell(traffic.written), mib_cell(traffic.both)});
        }
    }
    return rows.size() == 1 ? std::string() : "\n" + table(rows);
}

/// What the idle machine has of all traffic, in MiB a second.
std::string idle_text(const Measurement& measurement) {
    if (!measurement.setting.idle_seconds)
        return "what the idle machine has is in all figures";
    double rate = 0;
    const auto& events = measurement.events(0);
    const auto rates = bandwidth::idle_rates(measurement, 0);
    for (std::size_t i = 0; i < events.size(); ++i)
        rate +=
            events[i].share == Share::all && events[i].side == events.front().side ? rates[i] : 0;
    return std::format("idle, {:.1f} MiB a second, is taken off", rate / mib);
}

std::string counter_line(const Measurement& measurement) {
    const auto& counter = measurement.setting.counter;
    return std::format("counter {} of {}{}; {}\n", printable(counter.name), printable(counter.soc),
                       counter.emulator ? ", an emulator" : "", idle_text(measurement));
}

std::string machine_line(const Measurement& measurement) {
    const auto& machine = measurement.machine;
    std::vector<std::string> parts;
    if (!machine.model.empty())
        parts.push_back(printable(machine.model));
    if (!machine.device.empty())
        parts.push_back(printable(machine.device) +
                        (machine.driver.empty() ? "" : " (" + printable(machine.driver) + ")"));
    parts.push_back("Linux " + printable(machine.kernel));
    for (const std::string& clock : machine.clocks)
        parts.push_back(printable(clock));
    if (!measurement.setting.label.empty())
        parts.push_back(printable(measurement.setting.label));
    return joined(parts, ", ") + "\n";
}

/// "300 frames", or "299 to 300 frames".
std::string frames_text(const Measurement& measurement) {
    std::set<std::uint64_t> counts;
    for (const auto& run : measurement.runs)
        counts.insert(run.frames);
    if (counts.empty())
        return "no frames";
    if (counts.size() > 1)
        return std::format("{} to {} frames", *counts.begin(), *counts.rbegin());
    return *counts.begin() == 1 ? "1 frame" : std::format("{} frames", *counts.begin());
}

std::string command_lines(const Measurement& measurement) {
    const auto& setting = measurement.setting;
    std::string frames = std::format("{}, {}", frames_text(measurement), describe(setting.frames));
    if (setting.warm != 0)
        frames += std::format(", after the first {}", setting.warm);
    const std::string what = setting.seconds
                                 ? std::format("what ran anyway, for {} seconds", *setting.seconds)
                                 : printable(joined(setting.command, " "));
    return wrapped(what, 0, report_width) +
           std::format("{}; {} {} of each way, in the order {}\n", frames, setting.runs,
                       setting.runs == 1 ? "run" : "runs", to_string(setting.order));
}

bool has_subject(Figures figures, auto matches) {
    return std::ranges::any_of(figures, [&](const WayFigures& way) {
        return std::ranges::any_of(way.traffic, matches, &Traffic::subject);
    });
}

/// What the figures are: only of those that there are.
std::vector<std::string> meanings(const Measurement& measurement, Figures figures) {
    std::vector<std::string> texts{
        measurement.setting.runs > 1
            ? "MiB a frame: the mean of the runs, +- their standard deviation."
            : "MiB a frame, of one run: how much they scatter is not known."};
    if (measurement.setting.frames.given)
        texts.emplace_back("How many frames there were is believed: the user said so.");
    const auto on_side = [](Side side) {
        return [=](const Subject& subject) {
            return subject.side == side && subject.share == Share::all;
        };
    };
    if (has_subject(figures, on_side(Side::dram)))
        texts.emplace_back(
            "DRAM: all masters together, on the DRAM's side of the memory controller.");
    if (has_subject(figures, on_side(Side::bus)))
        texts.emplace_back("BUS: all masters together, on the bus' side of the memory controller.");
    const bool by_region =
        has_subject(figures, [](const Subject& subject) { return subject.share == Share::region; });
    if (!by_region && figures.size() > 1)
        texts.emplace_back(
            "No figure is of a heap: a counter knows no addresses. What binding a use "
            "changes is the difference of a way's runs from those of the first way.");
    if (has_subject(figures, [](const Subject& s) { return s.share == Share::master; }))
        texts.emplace_back("Under a master's name: what that master alone read and wrote, on the "
                           "side that is named.");
    if (has_subject(figures, [](const Subject& s) { return s.share == Share::channel; }))
        texts.emplace_back(
            "Of a channel: what went through it, of all masters. It is a heap's only "
            "if the channels are not interleaved and the heap has one of its own.");
    if (by_region)
        texts.emplace_back(
            "Of a region: counted by address, of all masters. IN ECC and IN NON-ECC are "
            "sums of regions of which that is known.");
    if (any_has(figures, &WayFigures::ecc_tax))
        texts.emplace_back("ECC TAX: bytes on the DRAM's side for each byte on the bus' side.");
    if (figures.size() > 1)
        texts.emplace_back("CHANGE is against the first way.");
    return texts;
}

} // namespace

std::string bandwidth_text(const Measurement& measurement, Figures figures) {
    std::string text = machine_line(measurement) + counter_line(measurement) +
                       command_lines(measurement) + "\n" + ways_table(measurement, figures) +
                       parts_table(measurement, figures) + "\n";
    std::vector<std::string> notes = meanings(measurement, figures);
    std::ranges::copy(measurement.setting.counter.cautions, std::back_inserter(notes));
    for (const std::string& note : notes)
        text += wrapped(printable(note), 0, report_width);
    for (const auto& failed : measurement.failed)
        text += wrapped(std::format("failed: {}: {}.",
                                    printable(measurement.setting.ways[failed.way].name),
                                    printable(failed.because)),
                        0, report_width);
    for (const std::string& warning : measurement.warnings)
        text += wrapped("warning: " + printable(warning), 0, report_width);
    return text;
}

} // namespace heapsel::tools
