// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <format>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/video_device.hpp>

#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/pmu/uncounted_memory.hpp"
#include "bandwidth/run/csv.hpp"
#include "bandwidth/run/figures.hpp"
#include "bandwidth/run/machine_note.hpp"
#include "bandwidth/run/measure.hpp"
#include "bandwidth/run/plot.hpp"
#include "bandwidth_json.hpp"
#include "bandwidth_options.hpp"
#include "bandwidth_report.hpp"
#include "bandwidth_text.hpp"
#include "base/joined.hpp"
#include "command.hpp"
#include "counter_table.hpp"
#include "json.hpp"

namespace heapsel::tools {
namespace {

constexpr int exit_no_counter = 3;

/// An error, and the exit status that it ends the command with.
struct Stop {
    Error error;
    int status = exit_failure;
};

template <typename T>
using OrStop = std::expected<T, Stop>;

std::unexpected<Stop> stop(Error error, int status = exit_failure) {
    return std::unexpected(Stop{.error = std::move(error), .status = status});
}

/// Who may not count, trace or bind is told so by a status of its own.
int status_of_preparation(const Error& error) {
    return error.code == EACCES || error.code == EPERM ? exit_no_counter : exit_failure;
}

Error no_counter(const std::string& subject, std::string hint) {
    return {.code = ENODEV,
            .operation = "find a counter of memory traffic",
            .subject = printable(subject),
            .hint = std::move(hint)};
}

Error nothing_counts() {
    return no_counter(
        "/sys/bus/event_source/devices",
        "No PMU here counts bytes of memory as far as heapsel knows: the SoC's driver "
        "is not loaded, or there is none in Linux. docs/counters.md lists those it knows.");
}

std::string names_of_counters(const std::vector<bandwidth::MemoryCounter>& counters) {
    std::vector<std::string> names;
    std::ranges::transform(counters, std::back_inserter(names),
                           [](const auto& counter) { return printable(counter.name); });
    return joined(names, ", ");
}

/// The one that was asked for; else the first.
OrStop<bandwidth::MemoryCounter> chosen_counter(const BandwidthOptions& options) {
    auto found = bandwidth::find_memory_counters("/");
    if (!found)
        return stop(std::move(found.error()), exit_no_counter);
    if (found->empty())
        return stop(nothing_counts(), exit_no_counter);
    const auto chosen = options.counter ? std::ranges::find(*found, *options.counter,
                                                            &bandwidth::MemoryCounter::name)
                                        : found->begin();
    if (chosen == found->end())
        return stop(
            no_counter(*options.counter, std::format("There are: {}.", names_of_counters(*found))),
            exit_no_counter);
    return *chosen;
}

/// The kernel's names; of a word that no heap has, the plan says what there is.
std::vector<std::string> kernel_names_of(const std::vector<std::string>& words) {
    const auto catalog = HeapCatalog::scan();
    std::vector<std::string> names;
    for (const std::string& word : words) {
        const auto heap = catalog ? find_heap(*catalog, word) : std::unexpected(catalog.error());
        names.push_back(heap ? (*heap)->name : word);
    }
    return names;
}

bandwidth::WayWishes wishes_of(const BandwidthOptions& options) {
    bandwidth::WayWishes wishes = options.ways;
    wishes.heaps = kernel_names_of(wishes.heaps);
    for (bandwidth::Way& way : wishes.named) {
        for (bandwidth::UseHeaps& binding : way.bindings)
            binding.heaps = kernel_names_of(binding.heaps);
    }
    return wishes;
}

Result<unsigned> minor_of(const std::filesystem::path& node) {
    struct stat status{};
    if (::stat(node.c_str(), &status) != 0)
        return std::unexpected(Error{.code = errno,
                                     .operation = "look at",
                                     .subject = printable(node.native()),
                                     .hint = {}});
    return ::minor(status.st_rdev);
}

/// What stands ready before the first run. What it changes is put back when it ends: the bindings
/// after the frames' trace, and both while signals are still held.
struct Stage {
    bandwidth::HeldSignals signals;
    bandwidth::KeptBindings bindings;
    std::optional<bandwidth::FrameTrace> frames;
    bandwidth::Setting setting;
    bandwidth::MachineNote machine;
};

OrStop<std::optional<VideoDevice>> named_device(const BandwidthOptions& options) {
    if (!options.device)
        return std::nullopt;
    auto device = find_video_device(*options.device);
    if (!device)
        return stop(std::move(device.error()));
    return *std::move(device);
}

OrStop<std::optional<bandwidth::FrameTrace>> frames_of(const BandwidthOptions& options,
                                                       const std::optional<VideoDevice>& device) {
    if (options.frames.given || !device)
        return std::nullopt;
    const auto minor = minor_of(device->node);
    if (!minor)
        return stop(minor.error());
    auto trace = bandwidth::FrameTrace::open(*minor);
    if (!trace)
        return stop(trace.error(), status_of_preparation(trace.error()));
    return *std::move(trace);
}

bandwidth::Setting setting_of(const BandwidthOptions& options, bandwidth::MemoryCounter counter,
                              std::vector<bandwidth::Way> ways) {
    return {.counter = std::move(counter),
            .ways = std::move(ways),
            .frames = options.frames,
            .warm = options.warm_frames(),
            .runs = options.runs,
            .order = options.order,
            .idle_seconds =
                options.no_idle || options.seconds ? std::nullopt : std::optional(options.idle),
            .command = options.command,
            .seconds = options.seconds,
            .label = options.label};
}

bandwidth::MachineNote note_of(const std::optional<VideoDevice>& device) {
    auto note = bandwidth::read_machine_note("/");
    if (device) {
        note.device = "/dev/" + device->name;
        note.driver = device->driver;
    }
    return note;
}

OrStop<std::vector<bandwidth::Way>> ways_of(const BandwidthOptions& options,
                                            const bandwidth::KeptBindings& bindings) {
    if (options.as_it_is || options.seconds)
        return std::vector{bandwidth::way_as_it_is()};
    auto ways = bandwidth::plan_ways(bindings.bindable(), wishes_of(options));
    if (!ways)
        return stop(std::move(ways.error()));
    if (auto writable = bindings.check_writable(); !writable)
        return stop(writable.error(), status_of_preparation(writable.error()));
    return *std::move(ways);
}

/// Everything that can be refused is tried here, before anything is changed or run.
OrStop<Stage> prepare(const BandwidthOptions& options) {
    auto counter = chosen_counter(options);
    if (!counter)
        return std::unexpected(std::move(counter.error()));
    if (auto open = bandwidth::check_counter(*counter); !open)
        return stop(std::move(open.error()), exit_no_counter);
    auto signals = bandwidth::HeldSignals::hold();
    if (!signals)
        return stop(std::move(signals.error()));
    const auto device = named_device(options);
    if (!device)
        return std::unexpected(device.error());
    auto bindings =
        bandwidth::KeptBindings::of(*device ? (*device)->directory : std::filesystem::path());
    if (!bindings)
        return stop(std::move(bindings.error()));
    auto ways = ways_of(options, *bindings);
    if (!ways)
        return std::unexpected(std::move(ways.error()));
    auto frames = frames_of(options, *device);
    if (!frames)
        return std::unexpected(std::move(frames.error()));
    return Stage{.signals = *std::move(signals),
                 .bindings = *std::move(bindings),
                 .frames = *std::move(frames),
                 .setting = setting_of(options, *std::move(counter), *std::move(ways)),
                 .machine = note_of(*device)};
}

/// On a terminal, where a person waits.
bandwidth::Progress progress_of(const bandwidth::Setting& setting) {
    if (::isatty(STDERR_FILENO) == 0)
        return [](const bandwidth::Step&, std::size_t, std::size_t) {};
    std::vector<std::string> names;
    std::ranges::transform(setting.ways, std::back_inserter(names),
                           [](const bandwidth::Way& way) { return printable(way.name); });
    return [names](const bandwidth::Step& step, std::size_t number, std::size_t of) {
        std::cerr << std::format("heapsel: run {} of {}: {}\n", number, of, names[step.way]);
    };
}

/// What a reader must know and no figure says; `asked`: to be measured as it is.
void add_notes(bandwidth::Measurement& measurement, bool asked) {
    const auto& setting = measurement.setting;
    if (setting.ways.front().as_it_is && !asked && !measurement.machine.device.empty())
        measurement.warnings.emplace_back(
            "The kernel or the driver does not let uses of the device be bound to heaps, so the "
            "command was measured as it is.");
    if (setting.warm == 0 && !setting.seconds)
        measurement.warnings.emplace_back(
            "No frames were left out (--warm): what it costs to start and to end the command is "
            "in the figures.");
    for (const std::string& clock : measurement.machine.clocks) {
        if (clock.ends_with("not pinned"))
            measurement.warnings.push_back("The memory's clock was not pinned (" + clock +
                                           "): compare no times.");
    }
}

void print(const BandwidthOptions& options, const bandwidth::Measurement& measurement,
           const std::vector<bandwidth::WayFigures>& figures) {
    if (options.csv)
        std::cout << csv_of(measurement);
    else if (options.json)
        std::cout << bandwidth_json(measurement, figures).dump(2) << '\n';
    else
        std::cout << bandwidth_text(measurement, figures);
}

Result<void> plot(const BandwidthOptions& options, const std::filesystem::path& gnuplot,
                  const bandwidth::Measurement& measurement,
                  const std::vector<bandwidth::WayFigures>& figures) {
    const auto kind = bandwidth::picture_kind(*options.plot);
    const std::string script = bandwidth::plot_script(measurement, figures, *options.plot, *kind);
    return script.empty() ? Result<void>() : bandwidth::draw(gnuplot, script);
}

OrStop<bandwidth::Measurement> measured(const BandwidthOptions& options) {
    auto stage = prepare(options);
    if (!stage)
        return std::unexpected(std::move(stage.error()));
    const auto progress = progress_of(stage->setting);
    auto measurement =
        bandwidth::measure(stage->setting, stage->machine, stage->signals, stage->bindings,
                           stage->frames ? &*stage->frames : nullptr, progress);
    if (auto restored = stage->bindings.restore(); !restored)
        return stop(std::move(restored.error()));
    if (!measurement)
        return stop(std::move(measurement.error()));
    return *std::move(measurement);
}

/// Looked for before anything is measured; empty where nothing is to be drawn.
Result<std::filesystem::path> gnuplot_for(const BandwidthOptions& options) {
    return options.plot ? bandwidth::find_gnuplot() : std::filesystem::path();
}

int show(const BandwidthOptions& options, const std::filesystem::path& gnuplot,
         const bandwidth::Measurement& measurement) {
    const auto figures = bandwidth::figures_of(measurement);
    print(options, measurement, figures);
    if (!options.plot)
        return exit_done;
    const auto drawn = plot(options, gnuplot, measurement, figures);
    return drawn ? exit_done : fail(drawn.error());
}

int measure(const BandwidthOptions& options) {
    const auto gnuplot = gnuplot_for(options);
    if (!gnuplot)
        return fail(gnuplot.error());
    auto measurement = measured(options);
    if (!measurement)
        return fail(measurement.error().error, measurement.error().status);
    add_notes(*measurement, options.as_it_is || options.seconds);
    const int shown = show(options, *gnuplot, *measurement);
    return measurement->failed.empty() ? shown : exit_failure;
}

int show_report(const BandwidthOptions& options) {
    const auto gnuplot = gnuplot_for(options);
    if (!gnuplot)
        return fail(gnuplot.error());
    auto measurement = read_report_file(*options.report);
    if (!measurement)
        return fail(measurement.error());
    if (!options.label.empty())
        measurement->setting.label = options.label;
    return show(options, *gnuplot, *measurement);
}

nlohmann::ordered_json list_json(const std::vector<bandwidth::MemoryCounter>& counters,
                                 const std::vector<bandwidth::UncountedMemory>& uncounted) {
    auto known = nlohmann::ordered_json::array();
    for (const auto& counter : counters)
        known.push_back(to_json(counter));
    auto unknown = nlohmann::ordered_json::array();
    for (const auto& memory : uncounted)
        unknown.push_back(to_json(memory));
    return {{"counters", std::move(known)}, {"uncounted", std::move(unknown)}};
}

int list_counters(const BandwidthOptions& options) {
    const auto counters = bandwidth::find_memory_counters(options.root);
    if (!counters)
        return fail(counters.error(), exit_no_counter);
    const auto uncounted = bandwidth::find_uncounted_memory(options.root);
    if (!uncounted)
        return fail(uncounted.error(), exit_no_counter);
    if (options.json)
        std::cout << list_json(*counters, *uncounted).dump(2) << '\n';
    else
        std::cout << counter_table(*counters, *uncounted);
    if (!counters->empty())
        return exit_done;
    return fail(nothing_counts(), exit_no_counter);
}

} // namespace

void add_bandwidth(CLI::App& app, Action& action, const std::vector<std::string>& command) {
    const auto options = std::make_shared<BandwidthOptions>();
    options->command = command;
    CLI::App* const verb = app.add_subcommand(
        "bandwidth", "Measure what a command reads and writes in memory, by what is bound where");
    add_bandwidth_options(*verb, *options);
    verb->footer("CMD, the command to run, stands last, behind two dashes.\n"
                 "Exit status: 0 measured, or shown, 1 the command or something else failed, 2 "
                 "wrong usage, 3 "
                 "no counter, or no permission.");
    verb->callback([options, &action] {
        if (const std::string wrong = contradiction(*options); !wrong.empty())
            throw CLI::ValidationError(wrong);
        action = [options] {
            if (options->list)
                return list_counters(*options);
            return options->report ? show_report(*options) : measure(*options);
        };
    });
}

} // namespace heapsel::tools
