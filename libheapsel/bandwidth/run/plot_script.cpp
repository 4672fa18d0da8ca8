// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/plot_script.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <set>
#include <vector>

#include <heapsel/printable.hpp>

namespace heapsel::bandwidth {
namespace {

constexpr double mib = 1 << 20;

/// One piece of every bar.
struct Layer {
    std::string title;
    std::vector<double> bytes; ///< Of each way, 0 where it has none.
};

struct Bars {
    std::vector<Layer> layers;
    std::vector<std::optional<Spread>> wholes;
};

std::string in_quotes(std::string_view raw) {
    std::string quoted = "'";
    for (const char c : printable(raw))
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

std::string terminal(PictureKind kind, std::size_t ways) {
    const std::size_t width = std::max<std::size_t>(640, 160 + 120 * ways);
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

/// A line for each way: its name, each layer, the height of the bar and the deviation of it.
std::string data_of(const Measurement& measurement, const Bars& bars) {
    std::string data = "$data << END_OF_DATA\n";
    for (std::size_t way = 0; way < bars.wholes.size(); ++way) {
        if (measurement.failure(way) != nullptr)
            continue;
        std::string line = "\"" + plain(measurement.setting.ways[way].name) + "\"";
        double height = 0;
        for (const Layer& one : bars.layers) {
            height += one.bytes[way];
            line += std::format(" {:.4f}", one.bytes[way] / mib);
        }
        const auto& whole = bars.wholes[way];
        const double spread = whole && whole->deviation ? *whole->deviation : 0;
        data += line + std::format(" {:.4f} {:.4f}\n", height / mib, spread / mib);
    }
    return data + "END_OF_DATA\n";
}

std::string plot_line(const Bars& bars) {
    std::string line = "plot ";
    for (std::size_t i = 0; i < bars.layers.size(); ++i)
        line += std::format("$data using {}{} title {}, ", i + 2, i == 0 ? ":xtic(1)" : "",
                            in_quotes(bars.layers[i].title));
    const std::size_t height = bars.layers.size() + 2;
    return line + std::format("$data using 0:{}:{} with yerrorbars pointtype 0 linecolor 'black' "
                              "title 'standard deviation of the whole'\n",
                              height, height + 1);
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
    const std::string title =
        measurement.setting.label.empty()
            ? "memory traffic of a frame: " + measurement.setting.command.front()
            : measurement.setting.label;
    return terminal(kind, figures.size()) +
           std::format("set output {}\nset title {}\n", in_quotes(file), in_quotes(title)) +
           "set style data histogram\nset style histogram rowstacked\nset style fill solid 0.8\n"
           "set boxwidth 0.6\nset ylabel 'MiB a frame'\nset yrange [0:*]\n"
           "set key outside top horizontal\nset grid ytics\nset xtics rotate by -20\n" +
           data_of(measurement, bars) + plot_line(bars);
}

} // namespace heapsel::bandwidth
