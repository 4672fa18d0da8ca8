// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/figures.hpp"

#include <gtest/gtest.h>

#include "bandwidth/run/csv.hpp"
#include "measured.hpp"

namespace heapsel::bandwidth {
namespace {

using test::event;
using test::measurement_of;
using test::mebibyte;
using test::run_of;

constexpr double mib = mebibyte;

const Subject dram{.side = Side::dram, .share = Share::all, .of = {}};
const Subject bus{.side = Side::bus, .share = Share::all, .of = {}};

CounterPass read_and_write(Side side = Side::dram) {
    return {.events = {event(Direction::read, side), event(Direction::write, side)}};
}

TEST(Figures, AreBytesAFrameOverTheRunsOfAWay) {
    auto measurement = measurement_of({read_and_write()});
    measurement.runs = {run_of({.round = 0, .way = 0, .pass = 0}, {100, 50}),
                        run_of({.round = 0, .way = 1, .pass = 0}, {10, 20}),
                        run_of({.round = 1, .way = 0, .pass = 0}, {120, 50})};
    const auto figures = figures_of(measurement);
    ASSERT_EQ(figures.size(), 2U);
    const Traffic* const unbound = figures[0].find(dram);
    ASSERT_NE(unbound, nullptr);
    EXPECT_DOUBLE_EQ(unbound->read.value().mean, 11 * mib);
    EXPECT_DOUBLE_EQ(unbound->written.value().mean, 5 * mib);
    EXPECT_DOUBLE_EQ(unbound->written.value().deviation.value(), 0);
    EXPECT_DOUBLE_EQ(unbound->both.value().mean, 16 * mib);
    EXPECT_EQ(unbound->both.value().runs, 2U);
    EXPECT_DOUBLE_EQ(figures[1].whole()->both.value().mean, 3 * mib);
    EXPECT_DOUBLE_EQ(figures[0].seconds_per_frame.value().mean, 0.2);
}

TEST(Figures, HaveWhatIsIdleTakenOffByTheSecond) {
    auto measurement = measurement_of({read_and_write()});
    measurement.runs = {run_of({}, {100, 50})};
    measurement.idle = {{.pass = 0, .seconds = 1, .counts = {4, 0}},
                        {.pass = 0, .seconds = 1, .counts = {6, 0}}};
    const auto figures = figures_of(measurement);
    EXPECT_DOUBLE_EQ(figures[0].find(dram)->read.value().mean, 9 * mib);
    EXPECT_DOUBLE_EQ(figures[0].find(dram)->written.value().mean, 5 * mib);
}

TEST(Figures, AddUpPartsOfOneFigureAndTakeOffThoseBelowZero) {
    MemoryEvent too_much = event(Direction::read);
    too_much.bytes_per_count = -static_cast<std::int64_t>(mebibyte) / 2;
    auto measurement =
        measurement_of({{.events = {event(Direction::read), event(Direction::read), too_much}}});
    measurement.runs = {run_of({}, {30, 20, 20})};
    EXPECT_DOUBLE_EQ(figures_of(measurement)[0].find(dram)->read.value().mean, 4 * mib);
}

TEST(Figures, OfPassesComeFromTheRunsOfEach) {
    auto measurement =
        measurement_of({read_and_write(Side::bus),
                        {.events = {event(Direction::read, Side::bus, Share::master, "vpu")}}});
    measurement.runs = {run_of({.round = 0, .way = 0, .pass = 0}, {100, 50}),
                        run_of({.round = 0, .way = 0, .pass = 1}, {40})};
    const auto figures = figures_of(measurement);
    EXPECT_DOUBLE_EQ(figures[0].find(bus)->read.value().mean, 10 * mib);
    const Traffic* const vpu =
        figures[0].find({.side = Side::bus, .share = Share::master, .of = "vpu"});
    ASSERT_NE(vpu, nullptr);
    EXPECT_DOUBLE_EQ(vpu->read.value().mean, 4 * mib);
    EXPECT_FALSE(vpu->both);
}

TEST(Figures, KnowTheEccTaxWhereBothSidesAreCounted) {
    auto measurement = measurement_of({read_and_write(Side::bus), read_and_write()});
    measurement.runs = {run_of({.round = 0, .way = 0, .pass = 0}, {80, 20}),
                        run_of({.round = 0, .way = 0, .pass = 1}, {100, 33})};
    const auto figures = figures_of(measurement);
    EXPECT_DOUBLE_EQ(figures[0].ecc_tax.value_or(0), 1.33);
    EXPECT_EQ(figures[0].whole()->subject, dram);
    EXPECT_FALSE(figures[1].ecc_tax);
}

TEST(Figures, SumRegionsWithEccAndWithout) {
    auto measurement =
        measurement_of({{.events = {event(Direction::read, Side::bus, Share::region, "a"),
                                    event(Direction::write, Side::bus, Share::region, "a"),
                                    event(Direction::both, Side::bus, Share::region, "b"),
                                    event(Direction::both, Side::bus, Share::region, "c"),
                                    event(Direction::both, Side::bus, Share::region, "unknown")}}});
    measurement.machine.region_ecc = {{"a", true}, {"b", false}, {"c", true}};
    measurement.runs = {run_of({}, {10, 20, 40, 80, 160})};
    const auto figures = figures_of(measurement);
    EXPECT_DOUBLE_EQ(figures[0].with_ecc.value().mean, 11 * mib);
    EXPECT_DOUBLE_EQ(figures[0].without_ecc.value().mean, 4 * mib);
}

TEST(Figures, OfAWayThatFailedAreNone) {
    auto measurement = measurement_of({read_and_write()});
    measurement.runs = {run_of({.round = 0, .way = 1, .pass = 0}, {100, 50})};
    measurement.failed = {{.way = 1, .because = "the command ended with status 3, in run 2"}};
    EXPECT_TRUE(figures_of(measurement)[1].traffic.empty());
}

TEST(Csv, HasALineForEachEventOfEachRun) {
    auto measurement = measurement_of({read_and_write()});
    measurement.setting.ways[1].name = "mine, \"best\"";
    measurement.runs = {run_of({.round = 0, .way = 1, .pass = 0}, {10, 5})};
    measurement.idle = {{.pass = 0, .seconds = 2, .counts = {5, 0}}};
    EXPECT_EQ(csv_of(measurement),
              "way,order,round,pass,pmu,event,side,share,of,direction,count,bytes_per_count,frames,"
              "seconds,bytes_per_frame\n"
              "\"mine, \"\"best\"\"\",0,0,0,ddr,event=1,dram,all,,read,10,1048576,10,2,524288.0\n"
              "\"mine, \"\"best\"\"\",0,0,0,ddr,event=1,dram,all,,write,5,1048576,10,2,524288.0\n");
}

} // namespace
} // namespace heapsel::bandwidth
