// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/plot_script.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <set>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"

namespace heapsel::bandwidth {
namespace {

constexpr double mib = 1 << 20;
constexpr std::size_t least_width = 640;
constexpr std::size_t margin_width = 100;
constexpr std::size_t character_width = 8; ///< Of a title, about.
constexpr std::size_t most_title_width = 2000;
constexpr std::size_t bar_width = 165; ///< With what is between two; of pixels, as the others.
/// A piece that is lower, of the highest bar, has no room for its number.
constexpr double least_labelled = 0.04;
/// Above the highest bar, of its height: for the deviation and the number.
constexpr double headroom = 1.15;
/// From the bottom of a bar on; told apart by lightness, too. Then they come again.
constexpr std::array colours{"#88aadd", "#bbe6cc", "#ee9966", "#ffdd88", "#aa5588", "#dddddd"};

/// One piece of every bar.
struct Layer {
    std::string title;
    std::vector<double> bytes; ///< Of each way, 0 where it has none.
};

struct Bars {
    std::vector<Layer> layers;
    std::vector<std::optional<Spread>> wholes;
};

/// `text` is printable.
std::string in_quotes(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return quoted + "'";
}

double mean_of(const std::optional<Spread>& spread) {
    return spread ? spread->mean : 0;
}

Layer layer(std::string title, std::span<const WayFigures> figures, auto bytes) {
    Layer made{.title = std::move(title), .bytes = {}};
    for (const WayFigures& way : figures)
        made.bytes.push_back(bytes(way));
    return made;
}

Bars bars_by_ecc(std::span<const WayFigures> figures) {
    Bars bars{.layers = {layer("memory with ECC", figures,
                               [](const WayFigures& way) { return mean_of(way.with_ecc); }),
                         layer("memory without ECC", figures,
                               [](const WayFigures& way) { return mean_of(way.without_ecc); })},
              .wholes = {}};
    for (const WayFigures& way : figures) {
        const Traffic* const whole = way.whole();
        bars.wholes.push_back(whole == nullptr ? std::nullopt : whole->both);
    }
    return bars;
}

/// The masters that are counted on the side of the whole: others would not add up to it.
std::set<Subject> masters_of(std::span<const WayFigures> figures) {
    std::set<Subject> masters;
    for (const WayFigures& way : figures) {
        for (const Traffic& traffic : way.traffic) {
            if (traffic.subject.share == Share::master)
                masters.insert(traffic.subject);
        }
    }
    return masters;
}

/// The traffic of all, on the side that `masters` are counted on.
const Traffic* whole_beside(const WayFigures& way, const std::set<Subject>& masters) {
    if (masters.empty())
        return way.whole();
    return way.find({.side = masters.begin()->side, .share = Share::all, .of = {}});
}

double read_of(const Traffic* traffic) {
    return traffic == nullptr ? 0 : mean_of(traffic->read);
}

double written_of(const Traffic* traffic) {
    return traffic == nullptr ? 0 : mean_of(traffic->written);
}

double both_of(const Traffic* traffic) {
    return traffic == nullptr ? 0 : mean_of(traffic->both);
}

bool tells_directions(std::span<const WayFigures> figures, const std::set<Subject>& masters) {
    return std::ranges::any_of(figures, [&](const WayFigures& way) {
        const Traffic* const whole = whole_beside(way, masters);
        return whole != nullptr && (whole->read || whole->written);
    });
}

void add_masters(Bars& bars, std::span<const WayFigures> figures,
                 const std::set<Subject>& masters) {
    for (const Subject& master : masters) {
        bars.layers.push_back(layer(master.of + " reads", figures, [&](const WayFigures& way) {
            return read_of(way.find(master));
        }));
        bars.layers.push_back(layer(master.of + " writes", figures, [&](const WayFigures& way) {
            return written_of(way.find(master));
        }));
    }
    bars.layers.push_back(layer("the rest", figures, [&](const WayFigures& way) {
        double rest = both_of(whole_beside(way, masters));
        for (const Subject& master : masters)
            rest -= both_of(way.find(master));
        return std::max(rest, 0.0);
    }));
}

Bars bars_by_direction(std::span<const WayFigures> figures) {
    const auto masters = masters_of(figures);
    Bars bars;
    if (!masters.empty()) {
        add_masters(bars, figures, masters);
    } else if (tells_directions(figures, masters)) {
        bars.layers.push_back(
            layer("read", figures, [&](const WayFigures& way) { return read_of(way.whole()); }));
        bars.layers.push_back(layer(
            "written", figures, [&](const WayFigures& way) { return written_of(way.whole()); }));
    } else {
        bars.layers.push_back(layer("read and written", figures,
                                    [&](const WayFigures& way) { return both_of(way.whole()); }));
    }
    for (const WayFigures& way : figures) {
        const Traffic* const whole = whole_beside(way, masters);
        bars.wholes.push_back(whole == nullptr ? std::nullopt : whole->both);
    }
    return bars;
}

std::string terminal(PictureKind kind, std::size_t width) {
    switch (kind) {
    case PictureKind::svg:
        return std::format("set terminal svg noenhanced background '#ffffff' size {},540 font "
                           "'sans,13'\n",
                           width);
    case PictureKind::png:
        return std::format("set terminal pngcairo noenhanced size {},540 font 'sans,11'\n", width);
    }
    return {};
}

/// What stands between double quotes, of which gnuplot would read these two as its own.
std::string plain(std::string_view raw) {
    std::string text = printable(raw);
    std::ranges::replace(text, '\\', '/');
    std::ranges::replace(text, '"', '\'');
    return text;
}

/// Under a bar, in two lines: "reference" and "nonecc@58000000".
std::string label_of(const Way& way) {
    std::string label = plain(way.name);
    if (const auto blank = label.find(' '); blank != std::string::npos)
        label.replace(blank, 1, "\\n");
    return label;
}

double height_of(const Bars& bars, std::size_t way) {
    double height = 0;
    for (const Layer& one : bars.layers)
        height += one.bytes[way];
    return height;
}

double deviation_of(const Bars& bars, std::size_t way) {
    const auto& whole = bars.wholes[way];
    return whole && whole->deviation ? *whole->deviation : 0;
}

/// The ways that have a bar.
std::vector<std::size_t> drawn_ways(const Measurement& measurement, const Bars& bars) {
    std::vector<std::size_t> ways;
    for (std::size_t way = 0; way < bars.wholes.size(); ++way) {
        if (measurement.failure(way) == nullptr)
            ways.push_back(way);
    }
    return ways;
}

/// A line for each way: its name, each layer, the height of the bar and the deviation of it.
std::string data_of(const Measurement& measurement, const Bars& bars) {
    std::string data = "$data << END_OF_DATA\n";
    for (const std::size_t way : drawn_ways(measurement, bars)) {
        data += "\"" + label_of(measurement.setting.ways[way]) + "\"";
        for (const Layer& one : bars.layers)
            data += std::format(" {:.4f}", one.bytes[way] / mib);
        data += std::format(" {:.4f} {:.4f}\n", height_of(bars, way) / mib,
                            deviation_of(bars, way) / mib);
    }
    return data + "END_OF_DATA\n";
}

/// Where the picture ends, in bytes.
double top_of(const Measurement& measurement, const Bars& bars) {
    double top = 0;
    for (const std::size_t way : drawn_ways(measurement, bars))
        top = std::max(top, height_of(bars, way) + deviation_of(bars, way));
    return top * headroom;
}

/// gnuplot finds one itself where there is nothing above 0.
std::string range_of(double top) {
    return top > 0 ? std::format("set yrange [0:{:.4f}]\n", top / mib) : "set yrange [0:*]\n";
}

std::string label_at(std::size_t bar, double bytes, double height, std::string_view place) {
    return std::format("set label '{:.2f}' at {},{:.4f} {} front\n", bytes / mib, bar, height / mib,
                       place);
}

/// The number of each piece in its middle, and of the whole above its deviation, which is drawn
/// beside them.
std::string labels_of(const Measurement& measurement, const Bars& bars) {
    const double least = top_of(measurement, bars) * least_labelled;
    std::string labels;
    std::size_t bar = 0;
    for (const std::size_t way : drawn_ways(measurement, bars)) {
        double from = 0;
        for (const Layer& one : bars.layers) {
            const double bytes = one.bytes[way];
            if (bytes >= least && bytes < height_of(bars, way))
                labels += label_at(bar, bytes, from + (bytes / 2), "center");
            from += bytes;
        }
        labels += label_at(bar, from, from + deviation_of(bars, way), "center offset 0,0.7");
        ++bar;
    }
    return labels;
}

std::string plot_line(const Measurement& measurement, const Bars& bars) {
    std::string line = "plot ";
    for (std::size_t i = 0; i < bars.layers.size(); ++i)
        line += std::format("{}$data using {}{} linecolor '{}' title {}", i == 0 ? "" : ", ", i + 2,
                            i == 0 ? ":xtic(1)" : "", colours.at(i % colours.size()),
                            in_quotes(printable(bars.layers[i].title)));
    const bool scatters = std::ranges::any_of(drawn_ways(measurement, bars), [&](std::size_t way) {
        return bars.wholes[way] && bars.wholes[way]->deviation;
    });
    if (!scatters)
        return line + "\n";
    const std::size_t height = bars.layers.size() + 2;
    return line +
           std::format(", $data using ($0+0.2):{}:{} with yerrorbars pointtype 0 linecolor 'black' "
                       "title 'standard deviation of the whole'\n",
                       height, height + 1);
}

std::string title_of(const Setting& setting) {
    if (!setting.label.empty())
        return setting.label;
    const std::string what = setting.command.empty() ? "what runs" : setting.command.front();
    return "memory traffic of a frame: " + what;
}

/// Where, on what and by what it was measured.
std::string place_of(const Measurement& measurement) {
    const MachineNote& machine = measurement.machine;
    const MemoryCounter& counter = measurement.setting.counter;
    std::vector<std::string> parts;
    if (!machine.model.empty())
        parts.push_back(machine.model);
    if (!machine.device.empty())
        parts.push_back(machine.device +
                        (machine.driver.empty() ? "" : " (" + machine.driver + ")"));
    parts.push_back("counter " + counter.name + (counter.emulator ? " (an emulator)" : ""));
    return joined(parts, ", ");
}

std::string amount_of(const Measurement& measurement) {
    const std::size_t runs = measurement.setting.runs;
    return std::format("{} frames a run, {} {} of each way", measurement.runs.front().frames, runs,
                       runs == 1 ? "run" : "runs");
}

/// Who finds the picture knows nothing but what they say.
using Titles = std::array<std::string, 3>;

Titles titles_of(const Measurement& measurement) {
    return {printable(title_of(measurement.setting)), printable(place_of(measurement)),
            amount_of(measurement)};
}

/// That all bars have room, and the longest title.
std::size_t width_of(std::size_t ways, const Titles& titles) {
    const auto longest = std::ranges::max(titles, {}, &std::string::size).size();
    return std::max({least_width, margin_width + (bar_width * ways),
                     std::min(longest * character_width, most_title_width) + margin_width});
}

/// Only single quotes keep what is between them from gnuplot, and have no word for a new line.
std::string title_line(const Titles& titles) {
    return std::format("set title {} . \"\\n\" . {} . \"\\n\" . {}\n", in_quotes(titles[0]),
                       in_quotes(titles[1]), in_quotes(titles[2]));
}

} // namespace

std::optional<PictureKind> picture_kind(std::string_view file) {
    if (file.ends_with(".svg"))
        return PictureKind::svg;
    if (file.ends_with(".png"))
        return PictureKind::png;
    return std::nullopt;
}

std::string plot_script(const Measurement& measurement, std::span<const WayFigures> figures,
                        std::string_view file, PictureKind kind) {
    const bool any = std::ranges::any_of(
        figures, [](const WayFigures& way) { return way.seconds_per_frame.has_value(); });
    if (!any)
        return {};
    const bool by_ecc = std::ranges::any_of(
        figures, [](const WayFigures& way) { return way.with_ecc || way.without_ecc; });
    const Bars bars = by_ecc ? bars_by_ecc(figures) : bars_by_direction(figures);
    const Titles titles = titles_of(measurement);
    return terminal(kind, width_of(figures.size(), titles)) +
           std::format("set output {}\n", in_quotes(printable(file))) + title_line(titles) +
           "set style data histogram\nset style histogram rowstacked\nset style fill solid border\n"
           "set boxwidth 0.6\nset ylabel 'MiB read and written for a frame'\n" +
           range_of(top_of(measurement, bars)) +
           "set key tmargin horizontal center\nset bmargin 4\nset grid ytics\n" +
           labels_of(measurement, bars) + data_of(measurement, bars) + plot_line(measurement, bars);
}

} // namespace heapsel::bandwidth
