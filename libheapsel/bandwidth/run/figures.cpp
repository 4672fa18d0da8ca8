// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/figures.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace heapsel::bandwidth {
namespace {

Subject subject_of(const MemoryEvent& event) {
    return {.side = event.side, .share = event.share, .of = event.of};
}

/// The bytes a frame of one run, as far as they were counted in its pass.
struct Bytes {
    std::optional<double> read;
    std::optional<double> written;
    std::optional<double> both;

    [[nodiscard]] std::optional<double> sum() const {
        if (both || !read || !written)
            return both;
        return *read + *written;
    }
};

using RunBytes = std::map<Subject, Bytes>;

std::optional<double>& part_of(Bytes& bytes, Direction direction) {
    switch (direction) {
    case Direction::read:
        return bytes.read;
    case Direction::write:
        return bytes.written;
    case Direction::both:
        break;
    }
    return bytes.both;
}

RunBytes bytes_of(const Measurement& measurement, const Run& run) {
    const auto& events = measurement.events(run.step.pass);
    const auto idle = idle_rates(measurement, run.step.pass);
    RunBytes bytes;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const double counted =
            static_cast<double>(run.counts[i]) * static_cast<double>(events[i].bytes_per_count);
        auto& part = part_of(bytes[subject_of(events[i])], events[i].direction);
        part =
            part.value_or(0) + (counted - idle[i] * run.seconds) / static_cast<double>(run.frames);
    }
    return bytes;
}

/// What the runs of one way had of one thing.
struct Samples {
    std::vector<double> read;
    std::vector<double> written;
    std::vector<double> both;
};

void add_sample(std::vector<double>& samples, const std::optional<double>& value) {
    if (value)
        samples.push_back(*value);
}

/// Of the regions whose memory has ECC, or has none.
std::optional<double> sum_of_regions(const MachineNote& machine, const RunBytes& bytes, bool ecc) {
    std::optional<double> sum;
    for (const auto& [subject, amount] : bytes) {
        const auto known = machine.region_ecc.find(subject.of);
        if (subject.share == Share::region && known != machine.region_ecc.end() &&
            known->second == ecc)
            if (const auto both = amount.sum())
                sum = sum.value_or(0) + *both;
    }
    return sum;
}

std::optional<double> tax(const WayFigures& figures) {
    const Traffic* const dram = figures.find({.side = Side::dram, .share = Share::all, .of = {}});
    const Traffic* const bus = figures.find({.side = Side::bus, .share = Share::all, .of = {}});
    if (dram == nullptr || bus == nullptr || !dram->both || !bus->both || bus->both->mean <= 0)
        return std::nullopt;
    return dram->both->mean / bus->both->mean;
}

WayFigures figures_of_way(const Measurement& measurement, std::size_t way) {
    std::map<Subject, Samples> samples;
    std::vector<double> seconds;
    std::vector<double> with_ecc;
    std::vector<double> without_ecc;
    for (const Run& run : measurement.runs) {
        if (run.step.way != way)
            continue;
        const RunBytes bytes = bytes_of(measurement, run);
        for (const auto& [subject, amount] : bytes) {
            add_sample(samples[subject].read, amount.read);
            add_sample(samples[subject].written, amount.written);
            add_sample(samples[subject].both, amount.sum());
        }
        add_sample(with_ecc, sum_of_regions(measurement.machine, bytes, true));
        add_sample(without_ecc, sum_of_regions(measurement.machine, bytes, false));
        seconds.push_back(run.seconds / static_cast<double>(run.frames));
    }
    WayFigures figures{.traffic = {},
                       .seconds_per_frame = spread_of(seconds),
                       .with_ecc = spread_of(with_ecc),
                       .without_ecc = spread_of(without_ecc),
                       .ecc_tax = std::nullopt};
    for (const auto& [subject, of] : samples)
        figures.traffic.push_back({.subject = subject,
                                   .read = spread_of(of.read),
                                   .written = spread_of(of.written),
                                   .both = spread_of(of.both)});
    figures.ecc_tax = tax(figures);
    return figures;
}

} // namespace

const Traffic* WayFigures::find(const Subject& subject) const {
    const auto found = std::ranges::find(traffic, subject, &Traffic::subject);
    return found == traffic.end() ? nullptr : &*found;
}

const Traffic* WayFigures::whole() const {
    const Traffic* const dram = find({.side = Side::dram, .share = Share::all, .of = {}});
    return dram != nullptr ? dram : find({.side = Side::bus, .share = Share::all, .of = {}});
}

std::vector<double> idle_rates(const Measurement& measurement, std::size_t pass) {
    const auto& events = measurement.events(pass);
    std::vector<double> bytes(events.size());
    double seconds = 0;
    for (const IdleRun& idle : measurement.idle) {
        if (idle.pass != pass)
            continue;
        seconds += idle.seconds;
        for (std::size_t i = 0; i < events.size(); ++i)
            bytes[i] += static_cast<double>(idle.counts[i]) *
                        static_cast<double>(events[i].bytes_per_count);
    }
    if (seconds > 0)
        std::ranges::transform(bytes, bytes.begin(), [=](double sum) { return sum / seconds; });
    return bytes;
}

std::vector<WayFigures> figures_of(const Measurement& measurement) {
    std::vector<WayFigures> figures;
    for (std::size_t way = 0; way < measurement.setting.ways.size(); ++way)
        figures.push_back(measurement.failure(way) == nullptr ? figures_of_way(measurement, way)
                                                              : WayFigures{});
    return figures;
}

} // namespace heapsel::bandwidth
