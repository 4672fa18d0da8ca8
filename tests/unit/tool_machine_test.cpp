// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <format>
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

class ToolOfMachine : public test::Tool {
  public:
    ToolOfMachine() : Tool("lab-board-carve-outs") {}

  protected:
    void hold(const std::string& process, const std::string& command, const std::string& heap,
              const std::string& size) const {
        board_.directory().write("proc/" + process + "/comm", command + "\n");
        board_.directory().write("proc/" + process + "/fdinfo/5", "ino:\t35\nsize:\t" + size +
                                                                      "\nexp_name:\t" + heap +
                                                                      "\nname:\tframe\n");
    }
};

TEST_F(ToolOfMachine, ALinkIsAnotherNameOfItsHeapAndNoSecondHeap) {
    const auto before = json::parse(on_board({"list", "--json"}).out);
    std::filesystem::create_symlink("default_cma_region", board_.root() / "dev/dma_heap/linux,cma");
    const auto after = json::parse(on_board({"list", "--json"}).out);
    ASSERT_EQ(after["heaps"].size(), before["heaps"].size());
    const auto heap = std::ranges::find_if(
        after["heaps"], [](const json& one) { return one["name"] == "default_cma_region"; });
    EXPECT_EQ((*heap)["aliases"], (json{"linux,cma", "reserved"}));
    EXPECT_TRUE(contains(on_board({"list", "-n", "-o", "NAME,ALIASES"}).out,
                         "default_cma_region  linux,cma/reserved\n"));
    EXPECT_TRUE(on_board({"show", "linux,cma"}).out.starts_with("default_cma_region: "));
    EXPECT_EQ(on_board({"explain", "--heap", "linux,cma"}).status, 0);
}

TEST_F(ToolOfMachine, ShowHasTheMemoryTheFiguresTheBuffersAndTheDevices) {
    hold("412", "player", "nonecc@58000000", "8388608");
    const Outcome outcome = on_board({"show", "nonecc@58000000"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    for (const char* const part :
         {"nonecc@58000000: ", ", unknown\n", "contiguous  yes         device tree  ",
          "address     0x58000000  device tree  ", "nonecc@58000000   64M   48M      40M",
          "PROCESS  COMMAND  INODE  SIZE   FDS  NAME   ATTACHED\n",
          "412      player   35     8 MiB  1    frame  -\n", "What no process has open is not ",
          "DEVICE          MEMORY     HEAP IS\n", "/dev/video0     reference  bound\n",
          "/dev/video0     frame      usable\n", "/dev/dri/card0  dumb       bound\n"})
        EXPECT_TRUE(contains(outcome.out, part)) << part << '\n' << outcome.out;
}

TEST_F(ToolOfMachine, ShowPrintsJson) {
    hold("412",
         "pl\x1b"
         "ayer",
         "nonecc@58000000", "8388608");
    board_.directory().write("sys/kernel/debug/dma_buf/bufinfo",
                             "8388608\t0\t0\t1\tnonecc@58000000\t35\tframe\n\tAttached Devices:\n"
                             "\tvicodec.0\nTotal 1 devices attached\n"
                             "4096\t0\t0\t1\tnonecc@58000000\t36\t<none>\n");
    const json heap = json::parse(on_board({"show", "nonecc@58000000", "--json"}).out);
    EXPECT_EQ(heap["name"], "nonecc@58000000");
    EXPECT_EQ(heap["hint"], nullptr);
    EXPECT_EQ(heap["statistics"]["free_bytes"], 50331648);
    EXPECT_EQ(heap["held"], json::parse(R"([{"process": 412, "command": "pl\\x1bayer",
        "heap": "nonecc@58000000", "inode": 35, "size": 8388608, "name": "frame",
        "descriptors": 1, "attached": ["vicodec.0"]}])"));
    EXPECT_EQ(heap["without_holder"], json::parse(R"([{"heap": "nonecc@58000000", "inode": 36,
        "size": 4096, "name": null, "attached": []}])"));
    EXPECT_EQ(heap["without_holder_unknown"], nullptr);
    EXPECT_TRUE(std::ranges::contains(
        heap["devices"],
        json::parse(R"({"device": "/dev/video1", "memory": "metadata", "bound": true,
                        "in_use": false, "import_only": false})")));
}

TEST_F(ToolOfMachine, ShowOfAnAliasShowsTheHeap) {
    const Outcome outcome = on_board({"show", "reserved"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(contains(outcome.out, "also called reserved\n")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "No buffer of it is seen.\n")) << outcome.out;
}

TEST_F(ToolOfMachine, ShowOfAWrongNameFailsWithTheNearest) {
    const Outcome outcome = on_board({"show", "sytem"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "Did you mean system?"));
}

TEST_F(ToolOfMachine, LintOfTheBoardsHeapsFindsNothing) {
    const Outcome outcome = on_board({"lint"});
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "video@50000000: ok\n")) << outcome.out;
}

TEST_F(ToolOfMachine, LintOfABadNameFailsWithRuleAndSuggestion) {
    const Outcome outcome = run({"lint", "cma-video", "system"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out,
              "cma-video: implementation: \"cma\" is how the memory is managed\n"
              "    A name does not mention implementation details, such as the allocator. Call it "
              "video@ADDRESS,\n"
              "    with the address at which its memory begins.\n"
              "system: ok\n");
    const json names = json::parse(run({"lint", "cma-video", "system", "--json"}).out)["names"];
    EXPECT_EQ(names[0]["findings"][0]["rule"], "implementation");
    EXPECT_EQ(names[1], json::parse(R"({"name": "system", "findings": []})"));
}

TEST_F(ToolOfMachine, WatchLooksAsOftenAsItIsToldTo) {
    const Outcome outcome = on_board({"watch", "--count", "2", "--interval", "0.01", "system"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "NAME    SIZE  FREE  LARGEST  BUFFERS  USED  ACCOUNTING  CHANGE\n"
                           "system     -     -        -        5   20K  memcg       -\n"
                           "\n"
                           "NAME    SIZE  FREE  LARGEST  BUFFERS  USED  ACCOUNTING  CHANGE\n"
                           "system     -     -        -        5   20K  memcg       0B\n");
}

TEST_F(ToolOfMachine, WatchPrintsALineOfJsonEachTime) {
    const Outcome outcome =
        on_board({"watch", "--count", "3", "--interval", "0.01", "--json", "reserved"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 3);
    const json line = json::parse(outcome.out.substr(0, outcome.out.find('\n')));
    EXPECT_EQ(line["heaps"].size(), 1U);
    EXPECT_EQ(line["heaps"][0]["name"], "default_cma_region");
    EXPECT_EQ(line["heaps"][0]["statistics"]["free_bytes"], 65011712);
    EXPECT_GT(line["milliseconds"], 0);
}

TEST_F(ToolOfMachine, DoctorFindsNothingOnARecordingThatIsWell) {
    const Outcome outcome = on_board({"doctor", "--size", "1M"});
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "ok       kernel       The kernel has 6 heaps.\n"));
    EXPECT_TRUE(contains(outcome.out, "unknown  permission   A recorded tree does not say"));
}

TEST_F(ToolOfMachine, DoctorNamesVariablesThatLookMisspelt) {
    for (const char* const name : {"HEAPSEL_PREFFER", "HEAPSEL_OF_SOMEBODY"})
        ASSERT_EQ(::setenv(name, "contiguous", 1), 0);
    const Outcome outcome = on_board({"doctor", "--size", "1M"});
    const Outcome without = on_board({"doctor", "--size", "1M", "--no-policy"});
    for (const char* const name : {"HEAPSEL_PREFFER", "HEAPSEL_OF_SOMEBODY"})
        ::unsetenv(name);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.out, "problem  policy       HEAPSEL_PREFFER is set in the "
                                      "environment, and no variable of heapsel's.\n"
                                      "                      Did you mean HEAPSEL_PREFER?\n"))
        << outcome.out;
    EXPECT_FALSE(contains(outcome.out, "HEAPSEL_OF_SOMEBODY"));
    EXPECT_EQ(without.status, 0);
}

TEST_F(ToolOfMachine, DoctorNamesWhoHoldsAnExhaustedHeap) {
    hold("412", "player", "frames@60000000", "8388608");
    const Outcome outcome =
        on_board({"doctor", "--heap", "frames@60000000", "--size", "17M", "--json"});
    EXPECT_EQ(outcome.status, 1);
    const json checks = json::parse(outcome.out)["checks"];
    const auto room =
        std::ranges::find_if(checks, [](const json& check) { return check["subject"] == "room"; });
    ASSERT_NE(room, checks.end()) << outcome.out;
    EXPECT_EQ((*room)["condition"], "problem");
    EXPECT_EQ((*room)["finding"],
              "frames@60000000 is exhausted (size 32 MiB, free 30.1 MiB, largest buffer 16 MiB). "
              "player (412) holds 8 MiB in 1 buffer.");
    EXPECT_EQ((*room)["commands"][0], "sudo heapsel show frames@60000000");
}

TEST_F(ToolOfMachine, DoctorOfAMachineWithoutHeapsSaysWhatToBuild) {
    const test::TemporaryDirectory empty;
    const Outcome outcome = run({"doctor", "--root", empty.path()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(outcome.out.starts_with("problem  kernel       The kernel has no dma-buf heaps: "
                                        "there is no /sys/class/dma_heap; the "
                                        "kernel's\n"
                                        "                      configuration cannot be read.\n"
                                        "                      Take a kernel that has them"))
        << outcome.out;
}

TEST_F(ToolOfMachine, DoctorOfDebiansPcKernelSaysWhyNoHeapIsContiguous) {
    // linux-config-7.2 7.2.13-1 of Debian, amd64, of which these lines.
    const test::TemporaryDirectory pc;
    pc.write("proc/sys/kernel/osrelease", "7.2.13+deb14-amd64\n");
    pc.write("boot/config-7.2.13+deb14-amd64", "CONFIG_DMABUF_HEAPS=y\n"
                                               "CONFIG_DMABUF_HEAPS_SYSTEM=y\n"
                                               "# CONFIG_DMABUF_HEAPS_CMA is not set\n"
                                               "CONFIG_DMA_CMA=y\n"
                                               "# CONFIG_CGROUP_DMEM is not set\n"
                                               "CONFIG_UDMABUF=y\n");
    pc.write("sys/class/dma_heap/system/dev", "250:0\n");
    pc.write("dev/dma_heap/system");
    const Outcome well = run({"doctor", "--root", pc.path()});
    EXPECT_EQ(well.status, 0) << well.out;
    const Outcome wanting =
        run({"doctor", "--require", "contiguous", "--root", pc.path(), "--json"});
    EXPECT_EQ(wanting.status, 1);
    const json checks = json::parse(wanting.out)["checks"];
    const auto problem = std::ranges::find_if(
        checks, [](const json& check) { return check["condition"] == "problem"; });
    ASSERT_NE(problem, checks.end()) << wanting.out;
    EXPECT_EQ((*problem)["finding"],
              std::format("No heap is known to be contiguous: CONFIG_DMABUF_HEAPS_CMA is not in "
                          "{}/boot/config-7.2.13+deb14-amd64.",
                          pc.path().native()));
}

TEST_F(ToolOfMachine, WrongUsageIsTwo) {
    const std::vector<std::vector<std::string>> wrong{{"show"},
                                                      {"show", "system", "reserved"},
                                                      {"watch", "--count", "0"},
                                                      {"watch", "--interval", "0"},
                                                      {"watch", "--interval", "nan"},
                                                      {"watch", "--interval", "soon"},
                                                      {"doctor", "--size", "0"},
                                                      {"doctor", "--count", "0"},
                                                      {"doctor", "--require", "fast"}};
    for (const auto& arguments : wrong) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.status, 2) << outcome.err;
        EXPECT_TRUE(outcome.err.starts_with("heapsel: ")) << outcome.err;
        EXPECT_EQ(outcome.out, "");
    }
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> found;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        found.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return found;
}

class Completion : public ToolOfMachine {
  protected:
    using Words = std::vector<std::string>;

    /// What `words`, of which the last has been begun, could go on with.
    [[nodiscard]] Words complete(Words words) const {
        words.insert(words.begin(), "__complete");
        words.insert(words.begin() + 2, {"--root", board_.root()});
        return lines(run(words).out);
    }
};

TEST_F(Completion, OfTheVerbHasEachThatHelpHas) {
    const std::string help = run({"--help"}).out;
    const Words verbs = lines(run({"__complete", ""}).out);
    EXPECT_GE(verbs.size(), 9U);
    for (const std::string& verb : verbs)
        EXPECT_TRUE(contains(help, "\n  " + verb + " ")) << verb;
    const std::string heading = "Subcommands:\n";
    const auto list = help.find(heading);
    ASSERT_NE(list, std::string::npos) << help;
    for (const std::string& line : lines(help.substr(list + heading.size()))) {
        if (line.starts_with("  ") && line[2] != ' ') {
            const std::string verb = line.substr(2, line.find(' ', 2) - 2);
            EXPECT_TRUE(std::ranges::contains(verbs, verb)) << verb;
        }
    }
    EXPECT_EQ(lines(run({"__complete", "ex"}).out), Words{"explain"});
    EXPECT_EQ(lines(run({"__complete", "policy", ""}).out), (Words{"show", "check"}));
    EXPECT_TRUE(
        std::ranges::contains(lines(run({"__complete", "policy", "show", "--"}).out), "--json"));
}

TEST_F(Completion, OfOptionsHasEachThatHelpHas) {
    for (const std::string& verb : lines(run({"__complete", ""}).out)) {
        if (verb == "policy")
            continue; // Has verbs of its own, and they have the options.
        const Words options = lines(run({"__complete", verb, "--"}).out);
        const std::string help = run({verb, "--help"}).out;
        EXPECT_FALSE(options.empty());
        std::size_t told = 0;
        for (auto at = help.find(" --"); at != std::string::npos; at = help.find(" --", at + 1)) {
            const auto end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 1);
            const std::string option = help.substr(at + 1, end - at - 1);
            EXPECT_TRUE(std::ranges::contains(options, option)) << verb << ' ' << option;
            ++told;
        }
        EXPECT_GE(told, 1U) << verb;
    }
}

TEST_F(Completion, OfAHeapHasItsNames) {
    EXPECT_EQ(complete({"explain", "--heap", "nonecc@"}), Words{"nonecc@58000000"});
    EXPECT_EQ(complete({"explain", "--heap=re"}), Words{"--heap=reserved"});
    EXPECT_EQ(complete({"show", "v"}), Words{"video@50000000"});
}

TEST_F(Completion, OfAListGoesOnFromItsLastWord) {
    EXPECT_EQ(
        complete({"explain", "--require", "contiguous,non-"}),
        (Words{"contiguous,non-contiguous", "contiguous,non-ecc", "contiguous,non-protected"}));
    EXPECT_EQ(complete({"explain", "--prefer=unc"}), Words{"--prefer=uncached"});
}

TEST_F(Completion, OfADeviceHasItsMemories) {
    board_.directory().write("dev/video0");
    board_.directory().write("dev/dri/card1");
    board_.directory().write("dev/video-config");
    EXPECT_EQ(complete({"explain", "/dev/video0:r"}), Words{"/dev/video0:reference"});
    EXPECT_EQ(complete({"explain", "/dev/video0", "/dev/dri/card1:o"}),
              Words{"/dev/dri/card1:overlay"});
    EXPECT_EQ(lines(run({"__complete", "bind", "/dev/video0", "ref"}).out), Words{"reference"});
}

TEST_F(Completion, OfAnythingElseIsNone) {
    EXPECT_EQ(complete({"explain", "--size", "1"}), Words{});
    EXPECT_EQ(run({"__complete"}).status, 0);
    EXPECT_EQ(lines(run({"__complete", "explain", "--root", "/et"}).out), Words{});
    EXPECT_EQ(lines(run({"__complete", "frobnicate", ""}).out), lines(run({"__complete", ""}).out));
}

} // namespace
} // namespace heapsel
