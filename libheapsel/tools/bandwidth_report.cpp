// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth_report.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <format>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "base/words.hpp"
#include "io/file.hpp"

namespace heapsel::tools {
namespace {

using bandwidth::Measurement;
using bandwidth::MemoryEvent;
using nlohmann::ordered_json;

constexpr std::size_t largest_report = 64 << 20;
constexpr std::uint64_t our_schema = 1;
constexpr std::array directions{bandwidth::Direction::read, bandwidth::Direction::write,
                                bandwidth::Direction::both};
constexpr std::array sides{bandwidth::Side::bus, bandwidth::Side::dram};
constexpr std::array shares{bandwidth::Share::all, bandwidth::Share::master,
                            bandwidth::Share::channel, bandwidth::Share::region};

/// What is wrong with a report, and where.
struct Fault {
    std::string where;
    std::string what; ///< A sentence.
};

/// The bytes that `printable` wrote.
std::string raw_of(std::string_view text) {
    std::string raw;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const std::string_view digits = text.substr(std::min(i + 2, text.size())).substr(0, 2);
        const auto [end, failure] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (text.substr(i).starts_with("\\x") && failure == std::errc{} && digits.size() == 2 &&
            end == digits.data() + 2) {
            raw += static_cast<char>(byte);
            i += 3;
        } else {
            raw += text[i];
        }
    }
    return raw;
}

/// A value of the report, and where it stands. What is not what it should be is noted, the first of
/// all as the fault, and read as nothing.
class Entry {
  public:
    Entry(const ordered_json* json, std::string where, std::optional<Fault>& fault)
        : json_(json), where_(std::move(where)), fault_(&fault) {}

    [[nodiscard]] Entry operator[](const char* key) const {
        if (!json_->is_object() && !json_->is_null())
            wrong("It is no object.");
        const auto found = json_->find(key);
        return {found == json_->end() ? &nothing() : &*found,
                where_.empty() ? key : where_ + "." + key, *fault_};
    }
    [[nodiscard]] std::vector<Entry> list() const {
        if (!json_->is_array())
            wrong("It is no list.");
        std::vector<Entry> entries;
        for (std::size_t i = 0; json_->is_array() && i < json_->size(); ++i)
            entries.emplace_back(&(*json_)[i], std::format("{}[{}]", where_, i), *fault_);
        return entries;
    }
    [[nodiscard]] std::vector<std::pair<std::string, Entry>> members() const {
        if (!json_->is_object())
            wrong("It is no object.");
        std::vector<std::pair<std::string, Entry>> members;
        for (auto member = json_->begin(); json_->is_object() && member != json_->end(); ++member)
            members.emplace_back(raw_of(member.key()),
                                 Entry(&*member, where_ + "." + member.key(), *fault_));
        return members;
    }
    [[nodiscard]] bool is_null() const { return json_->is_null(); }
    [[nodiscard]] std::string text() const {
        if (!json_->is_string())
            wrong("It is no text.");
        return json_->is_string() ? raw_of(json_->get_ref<const std::string&>()) : "";
    }
    /// Empty of null.
    [[nodiscard]] std::string text_or_none() const { return is_null() ? "" : text(); }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> texts;
        for (const Entry& entry : list())
            texts.push_back(entry.text());
        return texts;
    }
    [[nodiscard]] bool flag() const {
        if (!json_->is_boolean())
            wrong("It is neither true nor false.");
        return json_->is_boolean() && json_->get<bool>();
    }
    [[nodiscard]] std::uint64_t count(std::uint64_t least = 0,
                                      std::uint64_t most = UINT64_MAX) const {
        const std::uint64_t count = json_->is_number_unsigned() ? json_->get<std::uint64_t>() : 0;
        if (!json_->is_number_unsigned() || count < least || count > most)
            wrong(most == UINT64_MAX
                      ? std::format("It is no whole number of {} or more.", least)
                      : std::format("It is no whole number of {} to {}.", least, most));
        return std::clamp(count, least, most);
    }
    /// A text: "0x1f".
    [[nodiscard]] std::uint64_t hexadecimal() const {
        const std::string digits = text();
        std::uint64_t number = 0;
        const char* const last = digits.data() + digits.size();
        const bool begins = digits.starts_with("0x");
        const auto [end, failure] =
            std::from_chars(digits.data() + (begins ? 2 : 0), last, number, 16);
        if (!begins || failure != std::errc{} || end != last)
            wrong("It is no hexadecimal number of 64 bits, as 0x1f is.");
        return number;
    }
    [[nodiscard]] std::int64_t whole() const {
        // Of what is not signed, what does not fit.
        const bool fits = json_->is_number_integer() && (!json_->is_number_unsigned() ||
                                                         json_->get<std::uint64_t>() <= INT64_MAX);
        if (!fits)
            wrong("It is no whole number.");
        return fits ? json_->get<std::int64_t>() : 0;
    }
    /// Not below 0.
    [[nodiscard]] double number() const {
        const double number = json_->is_number() ? json_->get<double>() : -1;
        if (!std::isfinite(number) || number < 0)
            wrong("It is no number of 0 or more.");
        return std::isfinite(number) ? std::max(number, 0.0) : 0;
    }
    template <typename Enum, std::size_t size>
    [[nodiscard]] Enum word(const std::array<Enum, size>& all) const {
        const auto value = json_->is_string()
                               ? value_called(all, json_->get_ref<const std::string&>())
                               : std::nullopt;
        if (!value)
            wrong("It is none of " + joined(words_of(all), ", ") + ".");
        return value.value_or(all.front());
    }
    void wrong(std::string what) const {
        if (!*fault_)
            *fault_ =
                Fault{.where = where_, .what = is_null() ? "It is missing." : std::move(what)};
    }

  private:
    static const ordered_json& nothing() {
        static const ordered_json null;
        return null;
    }

    const ordered_json* json_;
    std::string where_; ///< "ways[0].runs[2]"; empty at the top.
    std::optional<Fault>* fault_;
};

MemoryEvent event_of(const Entry& entry) {
    return {.pmu = entry["pmu"].text(),
            .words = entry["words"].text(),
            .direction = entry["direction"].word(directions),
            .side = entry["side"].word(sides),
            .share = entry["share"].word(shares),
            .of = entry["of"].text_or_none(),
            .bytes_per_count = entry["bytes_per_count"].whole(),
            .source = entry["source"].text_or_none(),
            .type = static_cast<std::uint32_t>(entry["type"].count(0, UINT32_MAX)),
            .config = entry["config"].hexadecimal(),
            .config1 = entry["config1"].hexadecimal(),
            .config2 = entry["config2"].hexadecimal(),
            .cpu = static_cast<int>(entry["cpu"].count(0, INT32_MAX))};
}

bandwidth::MemoryCounter counter_of(const Entry& entry) {
    bandwidth::MemoryCounter counter{.name = entry["name"].text(),
                                     .soc = entry["soc"].text(),
                                     .emulator = entry["emulator"].flag(),
                                     .by_region = entry["by_region"].flag(),
                                     .by_master = entry["by_master"].flag(),
                                     .stops_at_overflow = entry["stops_at_overflow"].flag(),
                                     .passes = {},
                                     .cautions = entry["cautions"].texts()};
    for (const Entry& pass : entry["passes"].list()) {
        auto& events = counter.passes.emplace_back().events;
        for (const Entry& event : pass.list())
            events.push_back(event_of(event));
    }
    if (counter.passes.empty())
        entry["passes"].wrong("There is none.");
    return counter;
}

/// A pass that the counter has, and a count for each of its events; none where it is not so.
struct Counted {
    std::size_t pass = 0;
    std::vector<std::uint64_t> counts;
};

Counted counted_in(const Entry& entry, const bandwidth::MemoryCounter& counter) {
    Counted counted;
    for (const Entry& count : entry["counts"].list())
        counted.counts.push_back(count.count());
    counted.pass = entry["pass"].count();
    if (counted.pass >= counter.passes.size()) {
        entry["pass"].wrong("The counter has no such pass.");
        return {};
    }
    if (counted.counts.size() != counter.passes[counted.pass].events.size()) {
        entry["counts"].wrong("They are not as many as the pass has events.");
        return {};
    }
    return counted;
}

bandwidth::Way way_of(const Entry& entry) {
    bandwidth::Way way{.name = entry["name"].text(), .bindings = {}, .as_it_is = false};
    way.as_it_is = entry["bindings"].is_null();
    if (way.as_it_is)
        return way;
    for (const auto& [use, heaps] : entry["bindings"].members())
        way.bindings.push_back({.use = use, .heaps = heaps.texts()});
    return way;
}

/// The runs of one way, and where each comes in the order of all.
void add_runs(const Entry& entry, std::size_t way, Measurement& measurement,
              std::vector<std::pair<std::uint64_t, bandwidth::Run>>& runs) {
    for (const Entry& run : entry["runs"].list()) {
        auto [pass, counts] = counted_in(run, measurement.setting.counter);
        runs.emplace_back(
            run["order"].count(),
            bandwidth::Run{.step = {.round = run["round"].count(), .way = way, .pass = pass},
                           .seconds = run["seconds"].number(),
                           .frames = run["frames"].count(1),
                           .counts = std::move(counts),
                           .enabled_ns = run["enabled_ns"].count(),
                           .running_ns = run["running_ns"].count()});
    }
    if (!entry["failed"].is_null())
        measurement.failed.push_back({.way = way, .because = entry["failed"].text()});
}

/// How often each way was run with each pass.
std::size_t times_run(const std::vector<bandwidth::Run>& runs) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> times;
    std::size_t most = 1;
    for (const bandwidth::Run& run : runs)
        most = std::max(most, ++times[{run.step.way, run.step.pass}]);
    return most;
}

void add_ways(const Entry& entry, Measurement& measurement) {
    std::vector<std::pair<std::uint64_t, bandwidth::Run>> runs;
    for (const Entry& way : entry.list()) {
        measurement.setting.ways.push_back(way_of(way));
        add_runs(way, measurement.setting.ways.size() - 1, measurement, runs);
    }
    if (measurement.setting.ways.empty())
        entry.wrong("There is none.");
    std::ranges::stable_sort(runs, {}, [](const auto& run) { return run.first; });
    for (auto& [order, run] : runs)
        measurement.runs.push_back(std::move(run));
    measurement.setting.runs = times_run(measurement.runs);
}

void add_idle(const Entry& entry, Measurement& measurement) {
    if (entry.is_null())
        return;
    measurement.setting.idle_seconds = 0;
    for (const Entry& idle : entry.list()) {
        auto [pass, counts] = counted_in(idle, measurement.setting.counter);
        measurement.idle.push_back(
            {.pass = pass, .seconds = idle["seconds"].number(), .counts = std::move(counts)});
        measurement.setting.idle_seconds = measurement.idle.back().seconds;
    }
}

bandwidth::MachineNote machine_of(const Entry& report) {
    const Entry entry = report["machine"];
    bandwidth::MachineNote machine{.model = entry["model"].text(),
                                   .compatible = entry["compatible"].texts(),
                                   .kernel = entry["kernel"].text(),
                                   .device = report["device"].text_or_none(),
                                   .driver = report["driver"].text(),
                                   .region_ecc = {},
                                   .clocks = entry["clocks"].texts()};
    for (const Entry& memory : entry["memory"].list())
        machine.region_ecc[memory["node"].text()] = memory["ecc"].flag();
    return machine;
}

Measurement measurement_of(const Entry& report) {
    Measurement measurement;
    measurement.setting.counter = counter_of(report["counter"]);
    measurement.setting.warm = report["warm"].count();
    measurement.setting.order = report["order"].word(bandwidth::all_orders);
    measurement.setting.command = report["command"].texts();
    measurement.setting.label = report["label"].text();
    // Reports of before there was such a thing do not have it.
    if (const Entry seconds = report["seconds"]; !seconds.is_null())
        measurement.setting.seconds = seconds.number();
    measurement.machine = machine_of(report);
    measurement.warnings = report["warnings"].texts();
    add_idle(report["idle"], measurement);
    add_ways(report["ways"], measurement);
    const std::string source = report["frames"].text();
    if (source == "given")
        measurement.setting.frames.given =
            measurement.runs.empty() ? 1 : measurement.runs.front().frames;
    else if (source != "v4l2")
        report["frames"].wrong("It is neither v4l2 nor given.");
    return measurement;
}

std::unexpected<Error> no_report(std::string_view where, std::string what, int code = EBADMSG) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read a report of heapsel bandwidth",
                                 .subject = printable(where),
                                 .hint = std::move(what)});
}

Result<ordered_json> parsed(std::string_view text) {
    try {
        return ordered_json::parse(text);
    } catch (const ordered_json::parse_error& error) {
        return no_report(std::format("byte {}", error.byte),
                         "It is no JSON: take the output of --json as it is.");
    } catch (const ordered_json::exception&) {
        return no_report("a number", "It is none that a report has.");
    }
}

} // namespace

Result<Measurement> read_report(std::string_view text) {
    const auto json = parsed(text);
    if (!json)
        return std::unexpected(json.error());
    std::optional<Fault> fault;
    const Entry report(&*json, "", fault);
    const std::uint64_t schema = report["schema"].count(1);
    if (!fault && schema != our_schema)
        return no_report("schema",
                         std::format("It is of schema {}, and this heapsel reads {}: take the one "
                                     "that wrote it.",
                                     schema, our_schema),
                         EPROTONOSUPPORT);
    Measurement measurement = measurement_of(report);
    if (fault)
        return no_report(fault->where.empty() ? "all of it" : fault->where, fault->what);
    return measurement;
}

Result<Measurement> read_report_file(const std::filesystem::path& file) {
    const auto text = read_file(file, largest_report);
    if (!text)
        return std::unexpected(text.error());
    return read_report(*text).transform_error([&](Error error) {
        error.subject = printable(file.native()) + ": " + error.subject;
        return error;
    });
}

} // namespace heapsel::tools
