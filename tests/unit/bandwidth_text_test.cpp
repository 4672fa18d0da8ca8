// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth_text.hpp"

#include <gtest/gtest.h>

#include "bandwidth_json.hpp"
#include "measured.hpp"

namespace heapsel::tools {
namespace {

using bandwidth::CounterPass;
using bandwidth::Direction;
using bandwidth::Measurement;
using bandwidth::Share;
using bandwidth::Side;
using test::event;
using test::run_of;

Measurement both_sides() {
    auto measurement = test::measurement_of(
        {{.events = {event(Direction::read), event(Direction::write),
                     event(Direction::read, Side::bus), event(Direction::write, Side::bus)}}});
    measurement.runs = {run_of({.round = 0, .way = 0, .pass = 0}, {200, 66, 150, 50}),
                        run_of({.round = 0, .way = 1, .pass = 0}, {150, 50, 150, 50}),
                        run_of({.round = 1, .way = 1, .pass = 0}, {150, 50, 150, 50}),
                        run_of({.round = 1, .way = 0, .pass = 0}, {200, 66, 150, 50})};
    return measurement;
}

std::string text_of(const Measurement& measurement) {
    return bandwidth_text(measurement, bandwidth::figures_of(measurement));
}

bool has(const std::string& text, const std::string& part) {
    return text.contains(part);
}

TEST(BandwidthText, HasALineForEachWay) {
    const std::string text = text_of(both_sides());
    EXPECT_TRUE(has(text, "a board, /dev/video1 (vicodec), Linux 7.2.13\n"
                          "counter ddr of test SoC; what the idle machine has is in all figures\n"
                          "gst-launch-1.0 it\n"
                          "10 frames, counted by the kernel as the device gave them out, after the "
                          "first 30; 2 runs of each way, in the order abba\n"))
        << text;
    EXPECT_TRUE(has(text, "WAY      DRAM READ    DRAM WRITTEN  BUS READ     BUS WRITTEN  ECC TAX  "
                          "FRAMES/S  ALL, CHANGE\n"
                          "unbound  20.00+-0.00  6.60+-0.00    15.00+-0.00  5.00+-0.00   1.33     "
                          "5.0\n"))
        << text;
    EXPECT_TRUE(has(text, "1.00     5.0       -24.8 %\n")) << text;
}

TEST(BandwidthText, SaysWhatEachFigureIs) {
    const std::string text = text_of(both_sides());
    EXPECT_TRUE(
        has(text, "DRAM: all masters together, on the DRAM's side of the memory controller."));
    EXPECT_TRUE(has(text, "BUS: all masters together, on the bus' side"));
    EXPECT_TRUE(has(text, "No figure is of a heap: a counter knows no addresses."));
    EXPECT_TRUE(has(text, "ECC TAX: bytes on the DRAM's side for each byte on the bus' side."));
    EXPECT_TRUE(has(text, "Beware."));
    EXPECT_FALSE(has(text, "Of a region"));
}

TEST(BandwidthText, SaysSoOfAMaster) {
    auto measurement = test::measurement_of(
        {{.events = {event(Direction::read, Side::bus, Share::master, "vpu")}}});
    measurement.runs = {run_of({}, {40})};
    const std::string text = text_of(measurement);
    EXPECT_TRUE(has(text, "vpu BUS READ")) << text;
    EXPECT_TRUE(has(text, "what that master alone read and wrote")) << text;
}

TEST(BandwidthText, HasALineForEachRegion) {
    auto measurement = test::measurement_of(
        {{.events = {event(Direction::read), event(Direction::write),
                     event(Direction::read, Side::dram, Share::region, "nonecc@58000000"),
                     event(Direction::write, Side::dram, Share::region, "nonecc@58000000"),
                     event(Direction::read, Side::dram, Share::region, "memory@40000000"),
                     event(Direction::write, Side::dram, Share::region, "memory@40000000")}}});
    measurement.machine.region_ecc = {{"nonecc@58000000", false}, {"memory@40000000", true}};
    measurement.setting.runs = 1;
    measurement.runs = {run_of({}, {100, 50, 60, 40, 40, 10})};
    const std::string text = text_of(measurement);
    EXPECT_TRUE(has(text, "unbound  nonecc@58000000    no   DRAM  6.00  4.00     10.00\n")) << text;
    EXPECT_TRUE(has(text, "unbound  memory@40000000    yes  DRAM  4.00  1.00     5.00\n")) << text;
    EXPECT_TRUE(has(text, "Of a region: counted by address")) << text;
    EXPECT_TRUE(has(text, "of one run: how much they scatter is not known")) << text;
    EXPECT_FALSE(has(text, "No figure is of a heap")) << text;
}

TEST(BandwidthText, DoesNotSplitWhatTheCounterDoesNot) {
    auto measurement = test::measurement_of({{.events = {event(Direction::both)}}});
    measurement.runs = {run_of({}, {40})};
    EXPECT_TRUE(has(text_of(measurement), "DRAM BOTH")) << text_of(measurement);
}

TEST(BandwidthText, SaysWhichWayFailedAndWhatToBewareOf) {
    auto measurement = both_sides();
    measurement.failed = {{.way = 1, .because = "the command ended with status 3, in run 1"}};
    measurement.warnings = {"The log was not read."};
    const std::string text = text_of(measurement);
    EXPECT_TRUE(has(text, "mine     failed\n")) << text;
    EXPECT_TRUE(has(text, "failed: mine: the command ended with status 3, in run 1.\n")) << text;
    EXPECT_TRUE(has(text, "warning: The log was not read.\n")) << text;
}

TEST(BandwidthText, HasNoByteOfANameThatIsNotPrintable) {
    auto measurement = both_sides();
    measurement.setting.command = {"\x1b[2J"};
    measurement.setting.ways[1].name = "\x1b";
    EXPECT_EQ(text_of(measurement).find('\x1b'), std::string::npos);
}

TEST(BandwidthJson, HasWhatWasCountedAndTheFigures) {
    auto measurement = both_sides();
    measurement.setting.idle_seconds = 2;
    measurement.idle = {{.pass = 0, .seconds = 2, .counts = {0, 0, 0, 0}}};
    const auto json = bandwidth_json(measurement, bandwidth::figures_of(measurement));
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["counter"]["kind"], "perf");
    EXPECT_EQ(json["ways"][0]["bindings"], nlohmann::ordered_json::object());
    EXPECT_EQ(json["ways"][1]["bindings"]["frame"][0], "nonecc@58000000");
    EXPECT_EQ(json["ways"][1]["runs"][1]["order"], 2);
    EXPECT_EQ(json["ways"][1]["runs"][1]["counts"],
              (nlohmann::ordered_json::array({150, 50, 150, 50})));
    EXPECT_DOUBLE_EQ(json["ways"][0]["bytes_per_frame"]["ecc_tax"].get<double>(), 1.33);
    EXPECT_EQ(json["idle"][0]["seconds"], 2.0);
    EXPECT_TRUE(json["ways"][0]["failed"].is_null());
}

TEST(BandwidthJson, OfAWayAsItIsHasNoBindings) {
    auto measurement = both_sides();
    measurement.setting.ways = {{.name = "as it is", .bindings = {}, .as_it_is = true}};
    measurement.runs.resize(1);
    const auto json = bandwidth_json(measurement, bandwidth::figures_of(measurement));
    EXPECT_TRUE(json["ways"][0]["bindings"].is_null());
    EXPECT_TRUE(json["idle"].is_null());
}

} // namespace
} // namespace heapsel::tools
