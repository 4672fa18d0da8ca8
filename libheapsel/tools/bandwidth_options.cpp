// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth_options.hpp"

#include <algorithm>
#include <functional>

#include <CLI/CLI.hpp>

#include <heapsel/error.hpp>
#include <heapsel/printable.hpp>

#include "shared_options.hpp"

namespace heapsel::tools {
namespace {

/// How many frames a pipeline takes to be as it will be: those that a decoder keeps for reference,
/// and as many again as wait to be shown.
constexpr std::uint64_t usual_warm_frames = 30;

constexpr std::uint64_t most_frames = std::uint64_t{1} << 40U;
constexpr std::size_t most_runs = 1000;
constexpr double longest_idle = 3600;
constexpr double longest_time = 86400;

/// What `read` makes of the word of an option.
template <typename Value>
std::function<void(const std::string&)> reading(const char* option,
                                                Result<Value> (*read)(std::string_view),
                                                const std::function<void(Value)>& use) {
    return [=](const std::string& text) {
        auto value = read(text);
        if (!value)
            throw CLI::ValidationError(option, value.error().message());
        use(*std::move(value));
    };
}

/// gnuplot takes the name as text.
std::string is_picture_file(const std::string& file) {
    if (!bandwidth::picture_kind(file))
        return "\"" + printable(file) + "\" ends neither with .svg nor with .png";
    return printable(file) == file ? "" : "\"" + printable(file) + "\" is no name for a picture";
}

void add_ways(CLI::App& verb, BandwidthOptions& options) {
    CLI::Option* const roles = verb.add_option("--roles", options.ways.uses,
                                               "Bind these uses of the device, not all it has")
                                   ->delimiter(',')
                                   ->take_all()
                                   ->allow_extra_args(false);
    CLI::Option* const heaps = verb.add_option("--heaps", options.ways.heaps,
                                               "Bind them to these heaps, not to all it can use")
                                   ->delimiter(',')
                                   ->take_all()
                                   ->allow_extra_args(false);
    CLI::Option* const way =
        verb.add_option_function<std::vector<std::string>>(
                "--way",
                [&options](const std::vector<std::string>& texts) {
                    for (const std::string& text : texts)
                        reading<bandwidth::Way>("--way", bandwidth::parse_way,
                                                [&](bandwidth::Way read) {
                                                    options.ways.named.push_back(std::move(read));
                                                })(text);
                },
                "A way of your own: NAME=USE:HEAP[,USE:HEAP]...; can be given again")
            ->take_all()
            ->allow_extra_args(false);
    verb.add_flag("--as-it-is", options.as_it_is, "Measure in one way, and touch no binding")
        ->excludes(roles)
        ->excludes(heaps)
        ->excludes(way);
}

void add_runs(CLI::App& verb, BandwidthOptions& options) {
    verb.add_option("--runs", options.runs, "How often the command is run in each way")
        ->check(CLI::Range(std::size_t{1}, most_runs))
        ->capture_default_str();
    verb.add_option("--warm", options.warm,
                    "So many frames of each run do not count (default: 30 where they are counted)");
    add_word(verb, options.order, bandwidth::all_orders, "--order",
             "Ways forth and back (abba, the default), or always forth (abab)");
    CLI::Option* const seconds =
        verb.add_option("--seconds", options.seconds,
                        "Measure for so long what runs anyway, in place of a command")
            ->check(CLI::Range(0.01, longest_time));
    CLI::Option* const from = verb.add_option_function<std::string>(
        "--frames-from",
        reading<bandwidth::FrameSource>(
            "--frames-from", bandwidth::parse_frame_source,
            [&options](bandwidth::FrameSource source) { options.frames = source; }),
        "Who counts frames: v4l2, the kernel (the default), or count:N, you");
    verb.add_option("--frames", options.frames.given,
                    "Each run has so many frames, which nobody counts: --frames-from count:N")
        ->check(CLI::Range(std::uint64_t{1}, most_frames))
        ->excludes(from);
    CLI::Option* const idle =
        verb.add_option("--idle", options.idle,
                        "For so many seconds before and after, what is idle is measured")
            ->check(CLI::Range(0.01, longest_idle))
            ->capture_default_str();
    idle->excludes(seconds);
    verb.add_flag("--no-idle", options.no_idle, "Do not take off what is idle")->excludes(idle);
}

/// How a report is shown, of a measurement or of a file.
void add_report(CLI::App& verb, BandwidthOptions& options) {
    verb.add_option("--label", options.label, "A text for the report");
    CLI::Option* const json = verb.add_flag("--json", options.json, "Print JSON");
    verb.add_flag("--csv", options.csv, "Print a line for each count, for a spreadsheet")
        ->excludes(json);
    verb.add_option("--plot", options.plot, "Draw bars into FILE.svg or FILE.png, by gnuplot")
        ->check(is_picture_file);
}

/// With what else there is it makes no sense.
void add_from(CLI::App& verb, BandwidthOptions& options) {
    const auto others =
        verb.get_options([](const CLI::Option* option) { return option->get_name() != "--help"; });
    CLI::Option* const from =
        verb.add_option("--from", options.report,
                        "Show a report that --json wrote, here or elsewhere, and measure nothing");
    for (CLI::Option* const other : others)
        from->excludes(other);
}

} // namespace

std::uint64_t BandwidthOptions::warm_frames() const {
    if (seconds && !frames.given)
        return warm.value_or(
            1); // From a frame to a frame: what it came in the midst of is left out.
    return warm.value_or(frames.given ? 0 : usual_warm_frames);
}

void add_bandwidth_options(CLI::App& verb, BandwidthOptions& options) {
    CLI::Option* const list =
        verb.add_flag("--list", options.list, "List what counts memory traffic here, and end");
    verb.add_option("--root", options.root, "Of --list: a recorded machine instead of this one")
        ->needs(list)
        ->check(CLI::ExistingDirectory);
    verb.add_option("DEVICE", options.device,
                    "/dev/videoN: its frames are counted, and its uses bound");
    add_ways(verb, options);
    add_runs(verb, options);
    verb.add_option("--counter", options.counter, "The PMU, as --list names it");
    add_from(verb, options);
    add_report(verb, options);
}

namespace {

/// What runs already took its memory before a binding could count, and is not idle before.
std::string contradiction_to_seconds(const BandwidthOptions& options) {
    if (!options.command.empty())
        return "--seconds takes no CMD: it measures what runs anyway";
    const auto& [uses, heaps, named] = options.ways;
    if (!uses.empty() || !heaps.empty() || !named.empty())
        return "--seconds changes no binding: what runs has its memory already. Take a CMD";
    return {};
}

} // namespace

std::string contradiction(const BandwidthOptions& options) {
    if (options.list)
        return options.command.empty() && !options.device ? ""
                                                          : "--list takes no DEVICE and no CMD";
    if (options.report)
        return options.command.empty() ? "" : "--from takes no CMD";
    if (options.command.empty() && !options.seconds)
        return "CMD is required, behind --; or --seconds N";
    if (!options.device && !options.frames.given)
        return "DEVICE is required, whose frames are counted; or --frames N";
    if (options.frames.given && options.warm.value_or(0) != 0)
        return "--warm needs frames that are counted, and --frames N counts none";
    return options.seconds ? contradiction_to_seconds(options) : "";
}

} // namespace heapsel::tools
