// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "run_tool.hpp"

namespace heapsel {
namespace {

using nlohmann::json;
using test::contains;
using test::Outcome;
using test::run;

/// A recorded board with policies. The environment is the same in each test.
class ToolPolicy : public test::Tool {
  public:
    ToolPolicy() : Tool("lab-board-carve-outs") {
        for (const char* const name : {"HEAPSEL_HEAP", "HEAPSEL_REQUIRE", "HEAPSEL_PREFER"})
            ::unsetenv(name);
    }

  protected:
    [[nodiscard]] std::string path(const std::string& file) const { return board_.root() / file; }

    void write(const std::string& file, const std::string& text) const {
        board_.directory().write(file, text);
    }

    /// `text` with the board's root as "ROOT".
    [[nodiscard]] std::string short_of(std::string text) const {
        const std::string root = board_.root();
        for (auto at = text.find(root); at != std::string::npos; at = text.find(root))
            text.replace(at, root.size(), "ROOT");
        return text;
    }
};

const std::string administrator = "etc/heapsel/policy.toml";

TEST_F(ToolPolicy, ShowWithoutPoliciesHasTheDefaults) {
    const Outcome outcome = on_board({"policy", "show"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, "SETTING   VALUE         FROM\n"
                           "require   -             -\n"
                           "prefer    -             -\n"
                           "heap      -             -\n"
                           "size      -             -\n"
                           "fallback  same-caching  -\n"
                           "udmabuf   false         -\n");
}

TEST_F(ToolPolicy, ShowSaysWhatHoldsForAMemoryAndFromWhere) {
    write("usr/lib/heapsel/policy.d/50-board.toml",
          "[device.vicodec]\nprefer = [\"ecc\"]\nrequire = [\"contiguous\"]\nsize = \"12M\"\n");
    write(administrator, "[device.\"/dev/video1\".use.reference]\nheap = \"nonecc@58000000\"\n"
                         "require = [\"non-ecc\"]\nudmabuf = true\nfallback = \"none\"\n");
    ::setenv("HEAPSEL_PREFER", "uncached,non-ecc", 1);
    const Outcome outcome = on_board({"policy", "show", "/dev/video1:reference"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(short_of(outcome.out),
              "SETTING   VALUE             FROM\n"
              "require   contiguous        ROOT/usr/lib/heapsel/policy.d/50-board.toml:3\n"
              "require   non-ecc           ROOT/etc/heapsel/policy.toml:3\n"
              "prefer    uncached,non-ecc  HEAPSEL_PREFER\n"
              "heap      nonecc@58000000   ROOT/etc/heapsel/policy.toml:2\n"
              "size      12 MiB            ROOT/usr/lib/heapsel/policy.d/50-board.toml:4\n"
              "fallback  none              ROOT/etc/heapsel/policy.toml:5\n"
              "udmabuf   true              ROOT/etc/heapsel/policy.toml:4\n");
    EXPECT_TRUE(contains(on_board({"policy", "show", "/dev/video1"}).out, "heap      -"));
    EXPECT_TRUE(contains(on_board({"policy", "show", "/dev/video2"}).out, "require   -"));
}

TEST_F(ToolPolicy, ShowPrintsJson) {
    write(administrator, "[default]\nrequire = [\"non-ecc\"]\nsize = 4096\nheap = \"a\\u001b\"\n");
    const auto answer = json::parse(short_of(on_board({"policy", "show", "card0", "--json"}).out));
    EXPECT_EQ(answer, json::parse(R"({
        "device": "card0",
        "policy": {
            "require": [{"value": "non-ecc", "from": "ROOT/etc/heapsel/policy.toml:2"}],
            "prefer": {"value": [], "from": null},
            "heap": {"value": "a\\x1b", "from": "ROOT/etc/heapsel/policy.toml:4"},
            "size": {"value": 4096, "from": "ROOT/etc/heapsel/policy.toml:3"},
            "fallback": {"value": "same-caching", "from": null},
            "udmabuf": {"value": false, "from": null}},
        "files": ["ROOT/etc/heapsel/policy.toml"]})"));
}

TEST_F(ToolPolicy, ShowOfADeviceThatOnlyAPolicyKnowsIsFineAndOfOthersFails) {
    write(administrator, "[device.rkvdec.use.metadata]\nheap = \"system\"\n");
    EXPECT_TRUE(contains(on_board({"policy", "show", "rkvdec:metadata"}).out, "heap      system"));
    const Outcome outcome = on_board({"policy", "show", "rkvdek"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.starts_with("heapsel: cannot find the video device (rkvdek): No such"))
        << outcome.err;
    EXPECT_EQ(on_board({"policy", "show", "video2:metadata"}).status, 2);
}

TEST_F(ToolPolicy, CheckHasALineForEachErrorOfEachFile) {
    write("a.toml", "[default]\nheep = \"a\"\nsize = 0\n");
    write("b.toml", "[default]\n");
    const Outcome wrong = run({"policy", "check", path("a.toml"), path("b.toml"), path("c.toml")});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_EQ(wrong.err, "");
    EXPECT_EQ(short_of(wrong.out), "ROOT/a.toml:2:1: warning: There is no key \"heep\". Did you "
                                   "mean heap? There are: require, "
                                   "prefer, heap, size, fallback, udmabuf, use.\n"
                                   "ROOT/a.toml:3:8: warning: 0 is no size: a number above 0, or "
                                   "one with K, M or G in quotes.\n"
                                   "ROOT/c.toml: error: No such file or directory.\n");
    const Outcome fine = run({"policy", "check", path("b.toml")});
    EXPECT_EQ(fine.status, 0);
    EXPECT_EQ(fine.out, "");
    EXPECT_EQ(json::parse(run({"policy", "check", path("b.toml"), "--json"}).out),
              json::parse(R"({"errors": []})"));
    EXPECT_EQ(json::parse(short_of(run({"policy", "check", path("c.toml"), "--json"}).out)),
              json::parse(R"({"errors": [{"at": "ROOT/c.toml", "errno": 2,
                              "message": "No such file or directory.", "stops": true}]})"));
}

TEST_F(ToolPolicy, CheckWithoutAFileIsOfAllThatCount) {
    EXPECT_EQ(on_board({"policy", "check"}).status, 0);
    write("etc/heapsel/policy.d/a.toml", "?");
    const Outcome outcome = on_board({"policy", "check"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(short_of(outcome.out)
                    .starts_with("ROOT/etc/heapsel/policy.d/a.toml:1:1: error: This is no TOML: "))
        << outcome.out;
}

TEST_F(ToolPolicy, WhetherUdmabufWillDoIsTheCallsToSay) {
    const auto judged = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"explain", "--require", "protected"};
        words.insert(words.end(), more.begin(), more.end());
        return contains(on_board(std::move(words)).out, "udmabuf: unsuitable\n");
    };
    EXPECT_FALSE(judged({}));
    EXPECT_TRUE(judged({"--udmabuf"}));
    write(administrator, "[default]\nudmabuf = true\n");
    EXPECT_TRUE(judged({}));
    EXPECT_FALSE(judged({"--no-udmabuf"}));
}

TEST_F(ToolPolicy, AFallbackThatThereIsNotIsWrongUsage) {
    EXPECT_EQ(on_board({"explain", "--fallback", "any"}).status, 0);
    const Outcome wrong = on_board({"alloc", "4K", "--fallback", "some"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_EQ(wrong.err, "heapsel: --fallback: \"some\" is none of same-caching, any, none. Try "
                         "heapsel --help.\n");
}

TEST_F(ToolPolicy, ExplainFollowsThePoliciesAndNamesThem) {
    write(administrator, "[default]\nrequire = [\"contiguous\"]\n"
                         "[device.vivid]\nrequire = [\"cached\"]\nprefer = [\"non-ecc\"]\n");
    const Outcome outcome = on_board({"explain", "/dev/video2"});
    EXPECT_EQ(outcome.status, 0);
    const std::string out = short_of(outcome.out);
    EXPECT_TRUE(out.starts_with("video@50000000: chosen\n")) << out;
    const auto plain = json::parse(short_of(on_board({"explain", "/dev/video2", "--json"}).out));
    const auto system =
        std::ranges::find(plain["heaps"], "system", [](const json& heap) { return heap["name"]; });
    ASSERT_NE(system, plain["heaps"].end());
    EXPECT_TRUE(contains((*system)["reason"],
                         "contiguous is no (kernel: documented of system), while contiguous is "
                         "required by ROOT/etc/heapsel/policy.toml:2"))
        << plain;
    EXPECT_TRUE(contains(on_board({"explain"}).out, "required by"));
}

TEST_F(ToolPolicy, TheCommandLineIsOverThePoliciesAndLiftsNoRequirement) {
    write(administrator, "[default]\nheap = \"system\"\nprefer = [\"non-ecc\"]\n");
    EXPECT_TRUE(on_board({"explain"}).out.starts_with("system: chosen\n"));
    EXPECT_TRUE(on_board({"explain", "--heap", "video@50000000"})
                    .out.starts_with("video@50000000: chosen\n"));
    const Outcome none = on_board({"explain", "--require", "contiguous"});
    EXPECT_EQ(none.status, 1);
    EXPECT_TRUE(contains(short_of(none.out), "    name  default_cma_region  system is required by "
                                             "ROOT/etc/heapsel/policy.toml:2\n"))
        << none.out;
    EXPECT_TRUE(contains(on_board({"explain", "--prefer", "non-ecc"}).out, "is preferred"));
    EXPECT_FALSE(contains(on_board({"explain", "--prefer", ""}).out, "is preferred"));
}

TEST_F(ToolPolicy, NoPolicyLeavesOutFilesAndEnvironment) {
    write(administrator, "?");
    ::setenv("HEAPSEL_HEAP", "system", 1);
    EXPECT_EQ(on_board({"explain", "--no-policy"}).status, 0);
    EXPECT_TRUE(contains(on_board({"explain", "--no-policy"}).out, "nothing is required"));
    EXPECT_TRUE(contains(on_board({"alloc", "4K", "--no-policy"}).err, "recorded tree"));
}

TEST_F(ToolPolicy, AWrongLineThatRequiresNothingIsSaidAndPassedOver) {
    write(administrator, "[default]\nheap = \"system\"\nsize = 0\n");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"explain", "-q"}, {"policy", "show"}}) {
        const Outcome outcome = on_board(arguments);
        EXPECT_EQ(outcome.status, 0);
        EXPECT_TRUE(contains(outcome.out, "system")) << outcome.out;
        EXPECT_EQ(short_of(outcome.err),
                  "heapsel: warning: cannot read the policy (ROOT/etc/heapsel/policy.toml:3:8): "
                  "Invalid argument. 0 is no size: a number above 0, or one with K, M or G in "
                  "quotes.\n");
    }
    const Outcome checked = on_board({"policy", "check"});
    EXPECT_EQ(checked.status, 1);
    EXPECT_TRUE(contains(checked.out, "policy.toml:3:8: warning: 0 is no size")) << checked.out;
    const Outcome doctor = on_board({"doctor"});
    EXPECT_EQ(doctor.status, 1);
    EXPECT_TRUE(contains(doctor.out, "passed over")) << doctor.out;
}

TEST_F(ToolPolicy, AWrongPolicyIsAFailureThatSaysAllOfIt) {
    write(administrator, "[default]\nsize = 0\nudmabuf = 0\nrequire = []\n");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"explain"}, {"alloc", "4K"}, {"policy", "show"}}) {
        const Outcome outcome = on_board(arguments);
        EXPECT_EQ(outcome.status, 1);
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(short_of(outcome.err),
                  "heapsel: cannot read the policy (ROOT/etc/heapsel/policy.toml:2:8): Invalid "
                  "argument. 0 is no size: a number above 0, or one with K, M or G in quotes.\n"
                  "heapsel: cannot read the policy (ROOT/etc/heapsel/policy.toml:3:11): Invalid "
                  "argument. udmabuf is true or false, and not an integer.\n");
    }
}

TEST_F(ToolPolicy, AWrongHeapSaysWhoAskedForIt) {
    ::setenv("HEAPSEL_HEAP", "sytem", 1);
    const Outcome outcome = on_board({"explain"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "Did you mean system? There are: "));
    EXPECT_TRUE(contains(outcome.err, " It was asked for in HEAPSEL_HEAP.\n")) << outcome.err;
}

TEST_F(ToolPolicy, WrongUsageIsTwo) {
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{"policy"},
                                                  {"policy", "shaw"},
                                                  {"policy", "show", "a", "b"},
                                                  {"policy", "check", "a", "--root", "/"}}) {
        const Outcome outcome = run(wrong);
        EXPECT_EQ(outcome.status, 2) << outcome.err;
        EXPECT_TRUE(outcome.err.starts_with("heapsel: ")) << outcome.err;
    }
}

} // namespace
} // namespace heapsel
