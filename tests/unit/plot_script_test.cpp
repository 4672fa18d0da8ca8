// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/plot_script.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "bandwidth/run/plot.hpp"
#include "measured.hpp"
#include "temporary_directory.hpp"

namespace heapsel::bandwidth {
namespace {

using test::event;
using test::run_of;

Measurement read_and_written() {
    auto measurement =
        test::measurement_of({{.events = {event(Direction::read), event(Direction::write)}}});
    measurement.runs = {run_of({.round = 0, .way = 0, .pass = 0}, {100, 50}),
                        run_of({.round = 0, .way = 1, .pass = 0}, {40, 20}),
                        run_of({.round = 1, .way = 0, .pass = 0}, {120, 50})};
    return measurement;
}

std::string script_of(const Measurement& measurement) {
    return plot_script(measurement, figures_of(measurement), "out.svg", PictureKind::svg);
}

TEST(PictureKind, IsByTheEndOfTheName) {
    EXPECT_EQ(picture_kind("a/b.svg"), PictureKind::svg);
    EXPECT_EQ(picture_kind("b.png"), PictureKind::png);
    EXPECT_EQ(picture_kind("b.pdf"), std::nullopt);
    EXPECT_EQ(picture_kind("svg"), std::nullopt);
}

TEST(PlotScript, HasABarForEachWayWithItsSpreadOnTop) {
    const std::string script = script_of(read_and_written());
    EXPECT_TRUE(script.contains("\"unbound\" 11.0000 5.0000 16.0000 1.4142\n"
                                "\"mine\" 4.0000 2.0000 6.0000 0.0000\n"))
        << script;
    EXPECT_TRUE(script.contains("title 'read', $data using 3 ")) << script;
    EXPECT_TRUE(script.contains("title 'written', ")) << script;
    EXPECT_TRUE(script.contains("using ($0+0.2):4:5 with yerrorbars")) << script;
}

TEST(PlotScript, WritesTheNumbersOfAllAndOfThePiecesThatHaveRoom) {
    const std::string script = script_of(read_and_written());
    EXPECT_TRUE(script.contains("set label '16.00' at 0,17.4142 center offset 0,0.7 front\n"))
        << script;
    EXPECT_TRUE(script.contains("set label '11.00' at 0,5.5000 center front\n"
                                "set label '5.00' at 0,13.5000 center front\n"))
        << script;
    auto small = read_and_written();
    small.runs = {run_of({}, {100, 1})};
    EXPECT_FALSE(script_of(small).contains("set label '0.10'"));
    EXPECT_TRUE(script_of(small).contains("set label '10.10'"));
}

TEST(PlotScript, SaysWhereItWasMeasuredAndHowOften) {
    EXPECT_TRUE(script_of(read_and_written())
                    .contains("set title 'memory traffic of a frame: gst-launch-1.0' . \"\\n\" . "
                              "'a board, /dev/video1 (vicodec), counter ddr' . \"\\n\" . "
                              "'10 frames a run, 2 runs of each way'\n"))
        << script_of(read_and_written());
    auto time = read_and_written();
    time.setting.command = {};
    time.setting.seconds = 2;
    EXPECT_TRUE(script_of(time).contains("'memory traffic of a frame: what runs'"));
}

TEST(PlotScript, IsAsWideAsItsBarsAndTitlesNeed) {
    auto measurement = read_and_written();
    EXPECT_TRUE(script_of(measurement).contains("size 640,540"));
    measurement.machine.model = std::string(100, 'm');
    EXPECT_TRUE(script_of(measurement).contains("size 1188,540")) << script_of(measurement);
    measurement.machine.model = std::string(100'000, 'm');
    EXPECT_TRUE(script_of(measurement).contains("size 2100,540"));
    measurement.setting.ways.resize(16);
    EXPECT_TRUE(script_of(measurement).contains("size 2740,540"));
}

TEST(PlotScript, BreaksTheNameOfAWayOnce) {
    auto measurement = read_and_written();
    measurement.setting.ways[0].name = "reference of it";
    EXPECT_TRUE(script_of(measurement).contains("\"reference\\nof it\" 11.0000"));
}

TEST(PlotScript, HasNoDeviationOfOneRun) {
    auto measurement = read_and_written();
    measurement.runs.resize(2);
    EXPECT_FALSE(script_of(measurement).contains("standard deviation"));
}

TEST(PlotScript, ShowsMastersAndTheRestOnTheirSide) {
    auto measurement = test::measurement_of(
        {{.events = {event(Direction::read, Side::bus), event(Direction::write, Side::bus),
                     event(Direction::read, Side::bus, Share::master, "vpu"),
                     event(Direction::write, Side::bus, Share::master, "vpu")}}});
    measurement.runs = {run_of({}, {100, 50, 60, 30})};
    const std::string script = script_of(measurement);
    EXPECT_TRUE(script.contains("\"unbound\" 6.0000 3.0000 6.0000 15.0000 0.0000\n")) << script;
    EXPECT_TRUE(script.contains("'vpu reads'") && script.contains("'the rest'")) << script;
}

TEST(PlotScript, ShowsMemoryWithEccAndWithoutWhereRegionsAreCounted) {
    auto measurement = test::measurement_of(
        {{.events = {event(Direction::both), event(Direction::both, Side::dram, Share::region, "a"),
                     event(Direction::both, Side::dram, Share::region, "b")}}});
    measurement.machine.region_ecc = {{"a", true}, {"b", false}};
    measurement.runs = {run_of({}, {100, 70, 30})};
    EXPECT_TRUE(script_of(measurement).contains("\"unbound\" 7.0000 3.0000 10.0000 0.0000\n"));
}

TEST(PlotScript, LeavesOutWaysThatFailedAndIsEmptyWithoutAny) {
    auto measurement = read_and_written();
    measurement.failed = {{.way = 0, .because = "it failed"}};
    EXPECT_FALSE(script_of(measurement).contains("unbound"));
    measurement.failed.push_back({.way = 1, .because = "it failed"});
    EXPECT_EQ(script_of(measurement), "");
}

TEST(PlotScript, GivesNoNameAwayToGnuplot) {
    auto measurement = read_and_written();
    measurement.setting.ways[0].name = "a\" \\ \n`date`";
    measurement.setting.label = "it's";
    const std::string script = script_of(measurement);
    EXPECT_TRUE(script.contains("\"a'\\n/x5c /x0a`date`\" 11.0000")) << script;
    EXPECT_TRUE(script.contains("set title 'it''s' . ")) << script;
}

std::string content(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Plot, IsDrawnByGnuplot) {
    const auto gnuplot = find_gnuplot();
    if (!gnuplot)
        GTEST_SKIP() << gnuplot.error().message();
    const test::TemporaryDirectory directory;
    const auto measurement = read_and_written();
    for (const auto& [name, kind, begin] : {std::tuple("a 'b'.svg", PictureKind::svg, "<?xml"),
                                            std::tuple("b.png", PictureKind::png, "\x89PNG")}) {
        const auto file = directory.path() / name;
        const auto drawn =
            draw(*gnuplot, plot_script(measurement, figures_of(measurement), file.string(), kind));
        ASSERT_TRUE(drawn) << drawn.error().message();
        EXPECT_TRUE(content(file).starts_with(begin)) << name;
    }
    EXPECT_TRUE(content(directory.path() / "a 'b'.svg").contains("unbound"));
}

TEST(Plot, ThatGnuplotCannotDrawIsEio) {
    const auto gnuplot = find_gnuplot();
    if (!gnuplot)
        GTEST_SKIP() << gnuplot.error().message();
    const auto drawn = draw(*gnuplot, "plot nonsense with\n");
    ASSERT_FALSE(drawn);
    EXPECT_EQ(drawn.error().code, EIO);
}

TEST(Plot, WithoutGnuplotSaysWhatToInstall) {
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nowhere:relative", 1);
    const auto gnuplot = find_gnuplot();
    ::setenv("PATH", path.c_str(), 1);
    ASSERT_FALSE(gnuplot);
    EXPECT_EQ(gnuplot.error().code, ENOENT);
    EXPECT_TRUE(gnuplot.error().hint.contains("gnuplot-nox"));
}

} // namespace
} // namespace heapsel::bandwidth
