// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "run_tool.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using test::contains;
using test::Outcome;
using test::run;

TEST(ToolBandwidth, WrongUsageIsTwoAndSaysWhatIsWrong) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{}, "CMD is required, behind --"},
        {{"/dev/video1"}, "CMD is required, behind --"},
        {{"--", "true"}, "DEVICE is required, whose frames are counted"},
        {{"/dev/video1", "true"}, "true"},
        {{"--list", "--", "true"}, "--list takes no DEVICE and no CMD"},
        {{"--root", "/", "--frames-from", "count:1", "--", "true"}, "--list"},
        {{"--frames-from", "count:1", "--warm", "3", "--", "true"}, "--warm needs frames"},
        {{"--frames-from", "stdin", "--", "true"}, "It is v4l2, or count:N"},
        {{"video1", "--way", "mine", "--", "true"}, "It is NAME=USE:HEAP"},
        {{"video1", "--as-it-is", "--roles", "frame", "--", "true"}, "--roles"},
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

} // namespace
} // namespace heapsel
