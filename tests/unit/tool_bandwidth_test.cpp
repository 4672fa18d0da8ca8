// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bandwidth/run/figures.hpp"
#include "bandwidth_json.hpp"
#include "measured.hpp"
#include "run_tool.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using test::contains;
using test::Outcome;
using test::run;

TEST(ToolBandwidth, WrongUsageIsTwoAndSaysWhatIsWrong) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{}, "CMD is required, behind --; or --seconds N"},
        {{"/dev/video1"}, "CMD is required, behind --"},
        {{"--", "true"}, "DEVICE is required, whose frames are counted"},
        {{"/dev/video1", "true"}, "true"},
        {{"--list", "--", "true"}, "--list takes no DEVICE and no CMD"},
        {{"--root", "/", "--frames-from", "count:1", "--", "true"}, "--list"},
        {{"--frames-from", "count:1", "--warm", "3", "--", "true"}, "--warm needs frames"},
        {{"--frames-from", "stdin", "--", "true"}, "It is v4l2, or count:N"},
        {{"video1", "--way", "mine", "--", "true"}, "It is NAME=USE:HEAP"},
        {{"video1", "--as-it-is", "--roles", "frame", "--", "true"}, "--roles"},
        {{"--frames", "0", "--", "true"}, "--frames"},
        {{"--frames", "9", "--frames-from", "count:9", "--", "true"}, "excludes"},
        {{"--frames", "9", "--warm", "3", "--", "true"}, "--warm needs frames"},
        {{"--seconds", "1"}, "DEVICE is required, whose frames are counted; or --frames N"},
        {{"--seconds", "0", "--frames", "1"}, "--seconds"},
        {{"video1", "--seconds", "1", "--", "true"}, "--seconds takes no CMD"},
        {{"video1", "--seconds", "1", "--roles", "frame"}, "--seconds changes no binding"},
        {{"video1", "--seconds", "1", "--idle", "1"}, "excludes"},
        {{"--from", "a.json", "--", "true"}, "--from takes no CMD"},
        {{"video1", "--from", "a.json"}, "excludes"},
        {{"--from", "a.json", "--list"}, "excludes"},
        {{"--from", "a.json", "--runs", "3"}, "excludes"},
        {{"--from", "a.json", "--seconds", "3"}, "excludes"},
        {{"--from", "a.json", "--json", "--csv"}, "excludes"},
        {{"video1", "--order", "random", "--", "true"}, "none of abba, abab"},
        {{"video1", "--runs", "0", "--", "true"}, "--runs"},
        {{"video1", "--idle", "1", "--no-idle", "--", "true"}, "--idle"},
        {{"video1", "--json", "--csv", "--", "true"}, "--json"},
        {{"video1", "--plot", "a.pdf", "--", "true"}, "ends neither with .svg nor with .png"},
        {{"video1", "--plot", "a\n.svg", "--", "true"}, "is no name for a picture"}};
    for (const auto& [arguments, complaint] : wrong) {
        std::vector<std::string> words{"bandwidth"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.status, 2) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, complaint)) << complaint << ": " << outcome.err;
        EXPECT_EQ(outcome.out, "");
    }
}

TEST(ToolBandwidth, HelpSaysWhatEachStatusIs) {
    const Outcome outcome = run({"bandwidth", "--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(contains(outcome.out, "Exit status: 0 measured")) << outcome.out;
}

TEST(ToolBandwidth, OfAMachineThatCountsNothingIsThreeAndSaysSo) {
    const test::TemporaryDirectory root;
    root.make_directory("sys/bus/event_source/devices");
    const Outcome outcome = run({"bandwidth", "--list", "--root", root.path()});
    EXPECT_EQ(outcome.status, 3);
    EXPECT_TRUE(contains(outcome.err, "No PMU here counts bytes of memory")) << outcome.err;
}

/// What the verb does with a report of that text.
class ToolBandwidthReport : public testing::Test {
  protected:
    Outcome show(const std::string& text, std::vector<std::string> options = {}) {
        directory_.write("report.json", text);
        options.insert(options.begin(), {"bandwidth", "--from", file()});
        return run(options);
    }
    [[nodiscard]] std::string file() const { return directory_.path() / "report.json"; }

    test::TemporaryDirectory directory_;
};

std::string text_of_report() {
    auto measurement =
        test::measurement_of({{.events = {test::event(bandwidth::Direction::both)}}});
    measurement.runs = {test::run_of({.round = 0, .way = 0, .pass = 0}, {200}),
                        test::run_of({.round = 0, .way = 1, .pass = 0}, {150})};
    return tools::bandwidth_json(measurement, bandwidth::figures_of(measurement)).dump(2) + "\n";
}

TEST_F(ToolBandwidthReport, IsShownAsWhatWasMeasured) {
    const Outcome table = show(text_of_report());
    EXPECT_EQ(table.status, 0) << table.err;
    EXPECT_TRUE(contains(table.out, "a board, /dev/video1 (vicodec), Linux 7.2.13")) << table.out;
    EXPECT_TRUE(contains(table.out, "mine     15.00")) << table.out;
    EXPECT_EQ(show(text_of_report(), {"--json"}).out, text_of_report());
    EXPECT_TRUE(contains(show(text_of_report(), {"--csv"}).out, "mine,1,0,0,ddr"));
    EXPECT_TRUE(contains(show(text_of_report(), {"--label", "mine alone"}).out, "mine alone"));
}

TEST_F(ToolBandwidthReport, ThatIsNoneIsAFailureThatNamesIt) {
    const Outcome broken = show("{");
    EXPECT_EQ(broken.status, 1);
    EXPECT_EQ(broken.out, "");
    EXPECT_EQ(broken.err, "heapsel: cannot read a report of heapsel bandwidth (" + file() +
                              ": byte 2): Bad message. It is no JSON: take the output of --json as "
                              "it is.\n");
    const Outcome absent = run({"bandwidth", "--from", "/nowhere/report.json"});
    EXPECT_EQ(absent.status, 1);
    EXPECT_TRUE(contains(absent.err, "/nowhere/report.json")) << absent.err;
}

} // namespace
} // namespace heapsel
