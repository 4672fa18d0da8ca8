// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

struct Outcome {
    int status = -1;
    std::string out;
    std::string err;
};

/// Runs the command with its output in two files.
Outcome run(std::vector<std::string> arguments) {
    constexpr std::size_t limit = std::size_t{1} << 20U;
    const test::TemporaryFolder folder;
    const std::string out = folder.path() / "out";
    const std::string err = folder.path() / "err";
    arguments.insert(arguments.begin(), std::getenv("HEAPSEL_EXE"));
    std::vector<char*> argv;
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(failed, 0);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return {.status = WEXITSTATUS(status),
            .out = read_file(out, limit).value(),
            .err = read_file(err, limit).value()};
}

class Tool : public testing::Test {
  protected:
    test::RecordedBoard board_{"lab-board"};

    [[nodiscard]] Outcome on_board(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--root", board_.root()});
        return run(std::move(arguments));
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_F(Tool, ListHasOneLineAHeapWithinAHundredColumns) {
    const Outcome outcome = on_board({"list"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 4);
    EXPECT_TRUE(contains(outcome.out, "default_cma_region  reserved"));
    for (std::size_t start = 0; start < outcome.out.size();) {
        const auto end = outcome.out.find('\n', start);
        EXPECT_LE(end - start, 100U);
        start = end + 1;
    }
}

TEST_F(Tool, ListPrintsJson) {
    const auto json = nlohmann::json::parse(on_board({"list", "--json"}).out);
    ASSERT_EQ(json["heaps"].size(), 3U);
    EXPECT_EQ(json["heaps"][0]["aliases"][0], "reserved");
    EXPECT_EQ(json["heaps"][2]["properties"]["ecc"]["answer"], "no");
    EXPECT_EQ(json["heaps"][2]["region"]["base"], 0x50000000);
}

TEST_F(Tool, ListEvidenceNamesNodeAndValue) {
    EXPECT_TRUE(contains(on_board({"list", "--evidence"}).out,
                         "/reserved-memory/video@50000000: ecc-detection-bits = 0, "
                         "ecc-correction-bits = 0"));
}

TEST_F(Tool, ExplainPutsTheChosenHeapFirst) {
    const Outcome outcome = on_board({"explain", "--require", "contiguous", "--prefer", "non-ecc"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(outcome.out.starts_with("video@50000000: chosen\n"));
    EXPECT_TRUE(contains(outcome.out, "system: unsuitable\n"));
}

TEST_F(Tool, ExplainPrintsJson) {
    const Outcome outcome = on_board({"explain", "--heap", "reserved", "--json"});
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["chosen"], "default_cma_region");
    EXPECT_EQ(json["heaps"].size(), 3U);
}

TEST_F(Tool, ExplainOfARequirementThatNothingMeetsFailsAndStillExplains) {
    const Outcome outcome = on_board({"explain", "--require", "uncached"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.out, "system: unsuitable"));
    EXPECT_TRUE(outcome.err.starts_with("heapsel: cannot select a heap"));
}

TEST_F(Tool, AWrongHeapNameFailsWithTheNearest) {
    const Outcome outcome = on_board({"explain", "--heap", "sytem"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "Did you mean system?"));
}

TEST_F(Tool, AllocFromARecordingFails) {
    const Outcome outcome = on_board({"alloc", "4K"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "recorded tree"));
    EXPECT_EQ(outcome.out, "");
}

TEST_F(Tool, WrongUsageIsTwo) {
    const std::vector<std::vector<std::string>> wrong{{"explain", "--require", "fast"},
                                                      {"alloc"},
                                                      {"alloc", "4KiB"},
                                                      {"alloc", "4K", "--count", "0"},
                                                      {"list", "--heap", "system"},
                                                      {"frobnicate"}};
    for (const auto& arguments : wrong) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.status, 2) << outcome.err;
        EXPECT_TRUE(outcome.err.starts_with("heapsel: ")) << outcome.err;
        EXPECT_EQ(outcome.out, "");
    }
    EXPECT_EQ(run({}).status, 2);
}

TEST_F(Tool, HelpAndVersionAreNoFailure) {
    EXPECT_EQ(run({"--help"}).status, 0);
    EXPECT_TRUE(contains(run({"--help"}).out, "Exit status: 0 done"));
    EXPECT_TRUE(run({"--version"}).out.starts_with("heapsel "));
}

TEST_F(Tool, OddBytesOfANameDoNotReachTheTerminal) {
    board_.folder().write("dev/dma_heap/\x1b[31mred\xff");
    for (const char* const verb : {"list", "explain"}) {
        const Outcome outcome = on_board({verb});
        EXPECT_FALSE(contains(outcome.out, "\x1b")) << verb;
        EXPECT_TRUE(contains(outcome.out, "\\x1b[31mred\\xff")) << verb;
    }
    EXPECT_TRUE(nlohmann::json::accept(on_board({"list", "--json"}).out));
}

TEST(ToolWithoutHeaps, SaysWhatTheKernelLacks) {
    const test::TemporaryFolder root;
    const Outcome outcome = run({"list", "--root", root.path()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "CONFIG_DMABUF_HEAPS"));
}

} // namespace
} // namespace heapsel
