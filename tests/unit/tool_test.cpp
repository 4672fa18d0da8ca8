// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>
#include <ranges>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "run_tool.hpp"

namespace heapsel {
namespace {

using test::contains;
using test::Outcome;
using test::run;
using test::Tool;

TEST_F(Tool, ListHasOneTableWithOneLineAHeap) {
    const Outcome outcome = on_board({"list"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, "NAME                SIZE  FREE  CONTIG  CACHED  ECC  ACCESS\n"
                           "default_cma_region     -     -  yes     yes     yes  -\n"
                           "system                 -     -  no      yes     yes  -\n"
                           "video@50000000       64M     -  yes     yes     no   -\n");
}

TEST_F(Tool, ListPrintsTheColumnsThatAreAskedFor) {
    EXPECT_EQ(on_board({"list", "-o", "name,ADDRESS,Aliases"}).out,
              "NAME                   ADDRESS  ALIASES\n"
              "default_cma_region           -  reserved\n"
              "system                       -  -\n"
              "video@50000000      0x50000000  -\n");
    EXPECT_EQ(on_board({"list", "--noheadings", "--bytes", "--columns", "SIZE"}).out,
              "       -\n       -\n67108864\n");
    EXPECT_TRUE(on_board({"list", "-o", "+PROTECTED"})
                    .out.starts_with("NAME                SIZE  FREE  CONTIG  CACHED  ECC  ACCESS  "
                                     "PROTECTED\n"));
}

TEST_F(Tool, ListRefusesAColumnThatThereIsNot) {
    const Outcome outcome = on_board({"list", "-o", "NAME,SIZ"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.starts_with("heapsel: --columns: \"SIZ\" is no column. Did you mean "
                                        "SIZE? There are: NAME, SIZE, FREE, "))
        << outcome.err;
    EXPECT_TRUE(outcome.err.ends_with(", REGION. Try heapsel --help.\n")) << outcome.err;
    EXPECT_TRUE(contains(on_board({"list", "-o", "FREE,,SIZE"}).err, "\"\" is no column. "));
}

TEST_F(Tool, EachCellOfTheListIsOneWord) {
    board_.directory().write("dev/dma_heap/two words");
    const std::string out =
        on_board({"list", "-n", "-o",
                  "NAME,SIZE,FREE,CONTIG,CACHED,ECC,ACCESS,PROTECTED,ALIASES,DEVICE,ADDRESS,LAST,"
                  "ALIGN,LARGEST,BUFFERS,USED,ACCOUNTING,REGION"})
            .out;
    EXPECT_TRUE(contains(out, "two\\x20words"));
    std::istringstream lines(out);
    int heaps = 0;
    for (std::string line; std::getline(lines, line); ++heaps) {
        std::istringstream words(line);
        EXPECT_EQ(std::ranges::distance(std::views::istream<std::string>(words)), 18) << line;
    }
    EXPECT_EQ(heaps, 4);
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

std::string blob(const std::string& board) {
    return std::string(std::getenv("HEAPSEL_BLOBS")) + "/" + board + ".dtb";
}

TEST(ToolPlan, ListHasTheHeapsAndWhatBecomesOfEachRegion) {
    const Outcome outcome = run({"list", "--dtb", blob("google-hayato")});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(
        outcome.out,
        "NAME                SIZE  FREE  CONTIG  CACHED  ECC  ACCESS\n"
        "default_cma_region     -     -  yes     yes     -    -\n"
        "system                 -     -  no      yes     -    -\n"
        "\n"
        "REGION          ADDRESS     SIZE    USE              DEVICES           BECAUSE\n"
        "audio-dma-pool  at boot     1 MiB   coherent-pool    audio-controller  shared-dma-pool, "
        "without reusable\n"
        "scp@50000000    0x50000000  41 MiB  coherent-pool    scp@10500000      shared-dma-pool, "
        "without reusable\n"
        "wifi@c0000000   0xc0000000  64 MiB  restricted-pool  pcie@11230000     "
        "restricted-dma-pool\n"
        "\n"
        "Planned for Linux 7.3 with heapsel's kernel series (--kernel series).\n");
}

TEST(ToolPlan, ListForProgramsIsOneTable) {
    const std::string heaps = "default_cma_region  -\nsystem              -\n";
    EXPECT_EQ(run({"list", "-n", "-o", "name,free", "--dtb", blob("google-hayato")}).out, heaps);
    EXPECT_EQ(run({"list", "-o", "name,free", "--dtb", blob("google-hayato")}).out,
              "NAME                FREE\ndefault_cma_region     -\nsystem                 -\n");
    EXPECT_FALSE(contains(run({"list", "-n", "--dtb", blob("google-hayato")}).out, "REGION"));
}

TEST(ToolPlan, ListPrintsTheSizesOfRegionsInBytes) {
    const std::string out = run({"list", "-b", "--dtb", blob("google-hayato")}).out;
    EXPECT_TRUE(contains(out, "0xc0000000  67108864  restricted-pool")) << out;
}

TEST(ToolPlan, SaysWhichKernelItIsFor) {
    EXPECT_TRUE(
        contains(run({"explain", "--dtb", blob("google-hayato"), "--kernel", "before-6.17"}).out,
                 "\nPlanned for a kernel before Linux 6.17 (--kernel before-6.17).\n"));
    EXPECT_FALSE(contains(run({"explain", "-q", "--dtb", blob("google-hayato")}).out, "Planned"));
}

TEST(ToolRoot, ThatIsNoRecordingIsSaid) {
    const test::TemporaryDirectory directory;
    const Outcome outcome = run({"list", "--root", directory.path()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "It is no recorded machine: ")) << outcome.err;
    directory.write("proc/cmdline", "quiet\n");
    EXPECT_TRUE(contains(run({"list", "--root", directory.path()}).err,
                         "The machine that is recorded there has no dma-buf heaps"));
}

TEST(ToolPlan, ListPrintsJson) {
    const auto json =
        nlohmann::json::parse(run({"list", "--json", "--dtb", blob("google-hayato")}).out);
    EXPECT_EQ(json["kernel"], "series");
    EXPECT_EQ(json["heaps"].size(), 2U);
    EXPECT_EQ(json["heaps"][1]["last_address"], 0xbfffffff);
    const auto& wifi = json["regions"][2];
    EXPECT_EQ(wifi["path"], "/reserved-memory/wifi@c0000000");
    EXPECT_EQ(wifi["use"], "restricted-pool");
    EXPECT_EQ(wifi["region"]["base"], 0xc0000000);
    EXPECT_EQ(wifi["users"][0], "/soc/pcie@11230000");
    EXPECT_TRUE(wifi["heap"].is_null());
}

TEST(ToolPlan, TheKernelAndItsCommandLineCanBeOthers) {
    const auto heaps = [](std::vector<std::string> more) {
        std::vector<std::string> words{"list", "--json", "--dtb", blob("khadas-vim3")};
        words.insert(words.end(), more.begin(), more.end());
        return nlohmann::json::parse(run(words).out)["heaps"];
    };
    EXPECT_EQ(heaps({"--kernel", "stock"})[0]["aliases"][0], "linux,cma");
    EXPECT_EQ(heaps({"--kernel", "before-6.17"})[0]["name"], "linux,cma");
    EXPECT_EQ(heaps({"--command-line", "cma=16M"})[0]["aliases"][0], "reserved");
    EXPECT_EQ(heaps({"--command-line", "cma=16M"})[0]["size"], 16U << 20U);
    EXPECT_EQ(heaps({"--command-line", "cma=0"}).size(), 1U);
    EXPECT_EQ(heaps({"--page-size", "16K"})[0]["aliases"][0], "linux,cma");
    EXPECT_EQ(heaps({"--page-size", "64K"})[0]["aliases"][0], "reserved");
    EXPECT_EQ(heaps({"--cma-areas", "1", "--command-line", "cma=16M"}).size(), 2U);
}

TEST(ToolPlan, ExplainJudgesTheHeapsOfThePlan) {
    const Outcome outcome =
        run({"explain", "--dtb", blob("lab-board-carve-outs"), "--require", "contiguous",
             "--address-bits", "31", "--align", "64K", "--size", "1M"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(outcome.out.starts_with("frames@60000000: chosen\n")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "65536 bytes are required by the command line"));
}

TEST(ToolPlan, WrongUsageIsSaid) {
    const auto error = [](std::vector<std::string> words) {
        const Outcome outcome = run(std::move(words));
        EXPECT_EQ(outcome.status, 2);
        return outcome.err;
    };
    EXPECT_EQ(error({"list", "--dtb", blob("hikey"), "--kernel", "6.12"}),
              "heapsel: --kernel: \"6.12\" is none of series, stock, before-6.17. Try heapsel "
              "--help.\n");
    EXPECT_EQ(error({"list", "--dtb", blob("hikey"), "--page-size", "8K"}),
              "heapsel: --page-size: \"8K\" is none of 4K, 16K, 64K. Try heapsel --help.\n");
    EXPECT_EQ(error({"list", "--dtb", blob("hikey"), "--cma-areas", "0"}),
              "heapsel: --cma-areas: Value 0 not in range [1 - 1024]. Try heapsel --help.\n");
    EXPECT_EQ(error({"list", "--page-size", "4K"}),
              "heapsel: --page-size requires --dtb. Try heapsel --help.\n");
    EXPECT_EQ(error({"list", "--kernel", "stock"}),
              "heapsel: --kernel requires --dtb. Try heapsel --help.\n");
    EXPECT_EQ(error({"list", "--dtb", blob("hikey"), "--root", "/"}),
              "heapsel: --root excludes --dtb. Try heapsel --help.\n");
    EXPECT_EQ(error({"explain", "--dtb", blob("hikey"), "/dev/video0"}),
              "heapsel: --dtb excludes DEVICE. Try heapsel --help.\n");
    EXPECT_EQ(error({"explain", "--address-bits", "65"}),
              "heapsel: --address-bits: Value 65 not in range [1 - 64]. Try heapsel --help.\n");
}

TEST(ToolPlan, ABlobThatIsNoneIsAFailure) {
    const Outcome outcome = run({"list", "--dtb", "/proc/self/cmdline"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "heapsel: cannot read the device tree (/proc/self/cmdline): "
                                      "Invalid argument. The blob is malformed: "))
        << outcome.err;
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
    const std::vector<std::vector<std::string>> wrong{
        {"explain", "--require", "fast"},
        {"alloc"},
        {"alloc", "4KiB"},
        {"alloc", "4K", "--count", "0"},
        {"list", "--heap", "system"},
        {"list", "--json", "-o", "NAME"},
        {"list", "--json", "--bytes"},
        {"list", "-o", ""},
        {"explain", "--size", "0"},
        {"explain", "--size", "many"},
        {"devices", "--heap", "system"},
        {"devices", "--try"},
        {"explain", "--try", "--root", "/"},
        {"bind"},
        {"bind", "/dev/video0"},
        {"bind", "/dev/video0", "frame"},
        {"bind", "/dev/video0", "frame=system", "system"},
        {"bind", "/dev/video0", "frame", "--or-driver"},
        {"bind", "/dev/video0", "frame", "system", "--unbind"},
        {"bind", "/dev/video0", "frame", "--unbind", "--or-driver"},
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
    board_.directory().write("dev/dma_heap/\x1b[31mred\xff");
    for (const char* const verb : {"list", "explain"}) {
        const Outcome outcome = on_board({verb});
        EXPECT_FALSE(contains(outcome.out, "\x1b")) << verb;
        EXPECT_TRUE(contains(outcome.out, "\\x1b[31mred\\xff")) << verb;
    }
    EXPECT_TRUE(nlohmann::json::accept(on_board({"list", "--json"}).out));
}

TEST_F(Tool, ExplainLeavesOutWhatIsSmallerThanTheSize) {
    EXPECT_EQ(on_board({"explain", "--require", "non-ecc", "--size", "64M"}).status, 0);
    const Outcome outcome = on_board({"explain", "--require", "non-ecc", "--size", "65M"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.out,
                         "video@50000000: unsuitable\n"
                         "    size  67108864 bytes  68157440 bytes are required\n"
                         "        device tree: /reserved-memory/video@50000000: reg\n"))
        << outcome.out;
}

TEST_F(Tool, AllocOfMoreThanAHeapHoldsSaysSoBeforeItTries) {
    const Outcome outcome = on_board({"alloc", "65M", "--heap", "video@50000000"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "its memory is 67108864 bytes"));
}

class ToolWithFigures : public Tool {
  public:
    ToolWithFigures() : Tool("lab-board-carve-outs") {}

  protected:
    void write_class(const std::string& file, const std::string& content) const {
        board_.directory().write("sys/class/dma_heap/" + file, content);
    }
};

TEST_F(ToolWithFigures, ListFitsAnOldTerminal) {
    const Outcome outcome = on_board({"list"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, "NAME                SIZE   FREE  CONTIG  CACHED  ECC  ACCESS\n"
                           "coherent@64000000    16M    16M  yes     no      yes  -\n"
                           "default_cma_region   64M    62M  yes     yes     yes  -\n"
                           "frames@60000000      32M  30.1M  yes     yes     yes  -\n"
                           "nonecc@58000000      64M    48M  yes     no      no   -\n"
                           "system                 -      -  no      yes     yes  -\n"
                           "video@50000000       64M    64M  yes     yes     no   -\n");
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 80U) << line;
}

TEST_F(ToolWithFigures, ListHasAllFiguresAndTheAccounting) {
    EXPECT_EQ(on_board({"list", "-o", "NAME,LARGEST,BUFFERS,USED,ACCOUNTING,REGION"}).out,
              "NAME                LARGEST  BUFFERS  USED  ACCOUNTING  REGION\n"
              "coherent@64000000       16M        0    0B  dmem        heap/coherent@64000000\n"
              "default_cma_region      32M        1    1M  none        -\n"
              "frames@60000000         16M        3  1.8M  dmem        heap/frames@60000000\n"
              "nonecc@58000000         40M        2   16M  dmem        heap/nonecc@58000000\n"
              "system                    -        5   20K  memcg       -\n"
              "video@50000000          64M        0    0B  none        -\n");
    EXPECT_TRUE(contains(on_board({"list", "-b"}).out, "frames@60000000     33554432  31563776"));
}

TEST_F(ToolWithFigures, ListPrintsThemExactlyAsJson) {
    const auto heaps = nlohmann::json::parse(on_board({"list", "--json"}).out)["heaps"];
    ASSERT_EQ(heaps.size(), 6U);
    EXPECT_EQ(heaps[2]["name"], "frames@60000000");
    EXPECT_EQ(heaps[2]["statistics"], nlohmann::json::parse(R"({"size_bytes": 33554432,
        "free_bytes": 31563776, "largest_free_bytes": 16777216, "buffers": 3,
        "allocated_bytes": 1990656, "unknown": {}})"));
    EXPECT_EQ(heaps[2]["accounting"], nlohmann::json::parse(R"({"controller": "dmem",
        "region": "heap/frames@60000000", "unknown": null})"));
    EXPECT_EQ(heaps[2]["size"], 33554432);
    EXPECT_EQ(heaps[2]["region_from"]["source"], "device tree");
    EXPECT_EQ(heaps[4]["name"], "system");
    EXPECT_TRUE(heaps[4]["statistics"]["size_bytes"].is_null());
    EXPECT_EQ(heaps[4]["statistics"]["unknown"], nlohmann::json::object());
}

TEST_F(ToolWithFigures, ListEvidenceNamesTheSourceOfPlaceSizeAndAccounting) {
    const std::string out = on_board({"list", "--evidence"}).out;
    for (const char* const line :
         {"address     0x58000000  device tree  /reserved-memory/nonecc@58000000: reg, the "
          "kernel's "
          "of_node\n",
          "size        64 MiB      sysfs        /sys/class/dma_heap/nonecc@58000000/size_bytes\n",
          "accounting  dmem        sysfs        heap/nonecc@58000000\n"})
        EXPECT_TRUE(contains(out, line)) << line;
}

TEST_F(ToolWithFigures, NonsenseIsUnknownAndTheEvidenceSaysWhy) {
    write_class("frames@60000000/buffers", "-3\n");
    write_class("frames@60000000/accounting", "\x1b[31m\n");
    const Outcome outcome = on_board({"list", "-v", "-o", "NAME,BUFFERS,ACCOUNTING,USED"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(contains(outcome.out, "frames@60000000           -  -           1.8M\n"));
    EXPECT_TRUE(contains(outcome.out, "\"-3\" is no unsigned decimal number."));
    EXPECT_TRUE(contains(outcome.out, "\"\\x1b[31m\", which is none of none, memcg, dmem"));
    EXPECT_FALSE(contains(outcome.out, "\x1b"));
    const auto json = nlohmann::json::parse(on_board({"list", "--json"}).out);
    EXPECT_TRUE(json["heaps"][2]["statistics"]["buffers"].is_null());
    EXPECT_TRUE(contains(json["heaps"][2]["statistics"]["unknown"]["buffers"], "\"-3\""));
    EXPECT_TRUE(json["heaps"][2]["accounting"]["controller"].is_null());
}

TEST_F(ToolWithFigures, ASizeThatIsNoNumberIsAWarningAndLeavesTheTrees) {
    write_class("frames@60000000/size_bytes", "\n");
    const Outcome outcome = on_board({"list"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(outcome.err.starts_with("heapsel: warning: cannot read ("));
    EXPECT_TRUE(
        contains(outcome.err, "frames@60000000/size_bytes): Invalid argument. It is empty."));
    EXPECT_TRUE(contains(outcome.out, "frames@60000000      32M"));
}

} // namespace
} // namespace heapsel
