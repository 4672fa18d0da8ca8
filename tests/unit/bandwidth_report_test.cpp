// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth_report.hpp"

#include <cerrno>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "bandwidth_json.hpp"
#include "measured.hpp"
#include "temporary_directory.hpp"

namespace heapsel::tools {
namespace {

using bandwidth::Direction;
using bandwidth::Measurement;
using bandwidth::Share;
using bandwidth::Side;
using nlohmann::ordered_json;
using test::event;
using test::run_of;

/// With all that a report can have: two passes, a way that failed, what is idle, texts of any byte.
Measurement all_of_it() {
    auto measurement = test::measurement_of(
        {{.events = {event(Direction::read), event(Direction::write)}},
         {.events = {event(Direction::both, Side::bus, Share::region, "nonecc@58000000")}}});
    measurement.setting.counter.emulator = true;
    measurement.setting.counter.by_region = true;
    auto& first = measurement.setting.counter.passes[0].events[0];
    first.bytes_per_count = -16;
    first.type = UINT32_MAX;
    first.config = UINT64_MAX;
    first.config1 = 1;
    first.config2 = 0x20;
    first.cpu = 3;
    measurement.setting.label = "a \\ and a\nline";
    measurement.setting.idle_seconds = 2;
    measurement.setting.ways.push_back(bandwidth::way_as_it_is());
    measurement.runs = {run_of({.round = 0, .way = 0, .pass = 0}, {200, 66}),
                        run_of({.round = 0, .way = 0, .pass = 1}, {UINT64_MAX}),
                        run_of({.round = 0, .way = 1, .pass = 0}, {150, 50}),
                        run_of({.round = 1, .way = 1, .pass = 0}, {150, 51}),
                        run_of({.round = 1, .way = 0, .pass = 0}, {201, 66})};
    measurement.idle = {{.pass = 0, .seconds = 2, .counts = {1, 2}},
                        {.pass = 1, .seconds = 2.5, .counts = {3}}};
    measurement.failed = {{.way = 2, .because = "the command ended with status 3 in run 1"}};
    measurement.warnings = {"Beware of it."};
    measurement.machine.region_ecc = {{"nonecc@58000000", false}, {"memory@40000000", true}};
    measurement.machine.clocks = {"dmc: not pinned"};
    return measurement;
}

ordered_json json_of(const Measurement& measurement) {
    return bandwidth_json(measurement, bandwidth::figures_of(measurement));
}

ordered_json report() {
    return json_of(all_of_it());
}

TEST(BandwidthReport, IsReadAsItWasMeasured) {
    auto given = test::measurement_of({{.events = {event(Direction::read)}}});
    given.setting.frames.given = 10;
    given.setting.warm = 0;
    given.setting.seconds = 2.5;
    given.setting.command = {};
    given.machine.device = {};
    given.runs = {run_of({}, {40})};
    for (const Measurement& measurement : {all_of_it(), given}) {
        const ordered_json json = json_of(measurement);
        const auto read = read_report(json.dump());
        ASSERT_TRUE(read) << read.error().message();
        EXPECT_EQ(json_of(*read), json);
        EXPECT_EQ(read->setting.label, measurement.setting.label) << "raw again";
        EXPECT_EQ(read->setting.seconds, measurement.setting.seconds);
        EXPECT_EQ(read->setting.frames, measurement.setting.frames);
        EXPECT_EQ(read->setting.runs, measurement.setting.frames.given ? 1U : 2U);
    }
}

TEST(BandwidthReport, OfBeforeThereWereTimesIsReadToo) {
    ordered_json json = report();
    json.erase("seconds");
    const auto read = read_report(json.dump());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_FALSE(read->setting.seconds);
}

TEST(BandwidthReport, MakesItsFiguresFromTheCountsAlone) {
    ordered_json json = json_of([] {
        auto measurement = test::measurement_of({{.events = {event(Direction::read)}}});
        measurement.runs = {run_of({}, {40})};
        return measurement;
    }());
    json["counter"]["passes"][0][0]["bytes_per_count"] = 2 * test::mebibyte;
    const auto read = read_report(json.dump());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_DOUBLE_EQ(bandwidth::figures_of(*read)[0].whole()->read.value().mean,
                     8.0 * test::mebibyte);
}

TEST(BandwidthReport, SaysWhereItIsWrong) {
    using Change = std::function<void(ordered_json&)>;
    struct Case {
        Change change;
        std::string subject;
        std::string hint;
    };
    const std::vector<Case> cases{
        {[](ordered_json& json) { json = ordered_json::array(); }, "all of it", "It is no object."},
        {[](ordered_json& json) { json.erase("schema"); }, "schema", "It is missing."},
        {[](ordered_json& json) { json.erase("machine"); }, "machine.model", "It is missing."},
        {[](ordered_json& json) { json["machine"] = 3; }, "machine", "It is no object."},
        {[](ordered_json& json) { json["machine"]["model"] = 3; }, "machine.model",
         "It is no text."},
        {[](ordered_json& json) { json["machine"]["memory"][0]["ecc"] = "yes"; },
         "machine.memory[0].ecc", "It is neither true nor false."},
        {[](ordered_json& json) { json["command"] = "true"; }, "command", "It is no list."},
        {[](ordered_json& json) { json["order"] = "random"; }, "order",
         "It is none of abba, abab."},
        {[](ordered_json& json) { json["frames"] = "stdin"; }, "frames",
         "It is neither v4l2 nor given."},
        {[](ordered_json& json) { json["ways"] = ordered_json::array(); }, "ways",
         "There is none."},
        {[](ordered_json& json) { json["counter"]["passes"] = ordered_json::array(); },
         "counter.passes", "There is none."},
        {[](ordered_json& json) { json["counter"]["passes"][0][1]["side"] = "north"; },
         "counter.passes[0][1].side", "It is none of bus, dram."},
        {[](ordered_json& json) { json["counter"]["passes"][0][1]["bytes_per_count"] = 1.5; },
         "counter.passes[0][1].bytes_per_count", "It is no whole number."},
        {[](ordered_json& json) {
             json["counter"]["passes"][0][1]["bytes_per_count"] = UINT64_MAX;
         },
         "counter.passes[0][1].bytes_per_count", "It is no whole number."},
        {[](ordered_json& json) { json["counter"]["passes"][0][1]["config"] = "0xg"; },
         "counter.passes[0][1].config", "It is no hexadecimal number of 64 bits, as 0x1f is."},
        {[](ordered_json& json) { json["counter"]["passes"][0][1]["config"] = "1f"; },
         "counter.passes[0][1].config", "It is no hexadecimal number of 64 bits, as 0x1f is."},
        {[](ordered_json& json) { json["counter"]["passes"][0][1]["type"] = 1ULL << 32U; },
         "counter.passes[0][1].type", "It is no whole number of 0 to 4294967295."},
        {[](ordered_json& json) { json["ways"][0]["bindings"] = "all"; }, "ways[0].bindings",
         "It is no object."},
        {[](ordered_json& json) { json["ways"][1]["runs"][0]["frames"] = 0; },
         "ways[1].runs[0].frames", "It is no whole number of 1 or more."},
        {[](ordered_json& json) { json["ways"][1]["runs"][0]["seconds"] = -1; },
         "ways[1].runs[0].seconds", "It is no number of 0 or more."},
        {[](ordered_json& json) { json["ways"][1]["runs"][0]["counts"][0] = -4; },
         "ways[1].runs[0].counts[0]", "It is no whole number of 0 or more."},
        {[](ordered_json& json) { json["ways"][1]["runs"][0]["counts"].push_back(4); },
         "ways[1].runs[0].counts", "They are not as many as the pass has events."},
        {[](ordered_json& json) { json["ways"][1]["runs"][0]["pass"] = 2; }, "ways[1].runs[0].pass",
         "The counter has no such pass."},
        {[](ordered_json& json) { json["idle"][1]["counts"] = ordered_json::array(); },
         "idle[1].counts", "They are not as many as the pass has events."},
        {[](ordered_json& json) { json["a\nb"] = 1, json["label"] = nullptr; }, "label",
         "It is missing."}};
    for (const auto& [change, subject, hint] : cases) {
        ordered_json json = report();
        change(json);
        const auto read = read_report(json.dump());
        ASSERT_FALSE(read) << subject;
        EXPECT_EQ(read.error().code, EBADMSG);
        EXPECT_EQ(read.error().subject, subject);
        EXPECT_EQ(read.error().hint, hint) << subject;
    }
}

TEST(BandwidthReport, OfAnotherSchemaIsNotGuessedAt) {
    ordered_json json = report();
    json["schema"] = 2;
    const auto read = read_report(json.dump());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, EPROTONOSUPPORT);
    EXPECT_EQ(read.error().hint,
              "It is of schema 2, and this heapsel reads 1: take the one that wrote it.");
}

TEST(BandwidthReport, ThatIsNoJsonSaysAtWhichByte) {
    const auto subject = [](const std::string& text) { return read_report(text).error().subject; };
    EXPECT_EQ(subject(""), "byte 1");
    EXPECT_EQ(subject("{\"schema\": 1,}"), "byte 14");
    EXPECT_EQ(subject("{\"schema\": 1e999}"), "a number");
    EXPECT_EQ(subject(std::string(1'000'000, '[')), "byte 1000001") << "however deep it is";
}

TEST(BandwidthReport, OfAFileNamesIt) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "report.json";
    EXPECT_EQ(read_report_file(file).error().code, ENOENT);
    EXPECT_EQ(read_report_file(directory.path()).error().code, EINVAL);
    directory.write("report.json", "[]");
    EXPECT_EQ(read_report_file(file).error().subject, file.native() + ": all of it");
    directory.write("report.json", report().dump());
    EXPECT_TRUE(read_report_file(file));
}

} // namespace
} // namespace heapsel::tools
