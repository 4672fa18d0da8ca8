// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/checks.hpp"

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "diagnosis_facts.hpp"
#include "run_tool.hpp"

namespace heapsel {
namespace {

using namespace test::doctor;

/// A healthy machine with heaps of these names besides `system`, and libcamera.
Facts with_libcamera(std::vector<Heap> heaps) {
    Facts facts = healthy();
    facts.heaps = {known(scattered_heap("system"))};
    for (Heap& heap : heaps)
        facts.heaps.push_back(known(std::move(heap)));
    facts.programs = {{.name = "libcamera",
                       .versions = "0.3 to 0.7",
                       .heaps = {"linux,cma", "reserved", "system"},
                       .contiguous = true,
                       .machines = {},
                       .rules = "61-heapsel-libcamera.rules"}};
    return facts;
}

TEST(ProgramChecks, AProgramThatFindsAScatteredHeapIsNamedWithTheRule) {
    EXPECT_EQ(program_checks(with_libcamera({contiguous_heap("default_cma_region")})),
              (Checks{check("program", Condition::note,
                            "libcamera (0.3 to 0.7) looks for heaps by name (linux,cma, reserved, "
                            "system), and finds system, whose buffers are scattered.",
                            "If you use it, a rule for udev gives default_cma_region such a name:",
                            {"sudo cp /usr/share/heapsel/udev/61-heapsel-libcamera.rules "
                             "/etc/udev/rules.d/61-heapsel-libcamera.rules",
                             "sudo udevadm control --reload",
                             "sudo udevadm trigger --subsystem-match=dma_heap --settle"})}));
}

TEST(ProgramChecks, AnotherContiguousHeapIsPutIntoTheRule) {
    const auto checks = program_checks(with_libcamera({contiguous_heap("video@50000000")}));
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].commands.front(),
              "sed 's/default_cma_region/video@50000000/' "
              "/usr/share/heapsel/udev/61-heapsel-libcamera.rules | sudo tee "
              "/etc/udev/rules.d/61-heapsel-libcamera.rules");
}

TEST(ProgramChecks, ANameThatAShellOrSedWouldReadGetsNoCommand) {
    const auto checks = program_checks(with_libcamera({contiguous_heap("a'/e reboot")}));
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].hint, "If you use it, have udev give a'/e reboot such a name.");
    EXPECT_EQ(checks[0].commands, Lines{});
}

TEST(ProgramChecks, AnAliasIsAsGoodAsAName) {
    Heap heap = contiguous_heap("default_cma_region");
    heap.aliases = {"linux,cma"};
    EXPECT_EQ(program_checks(with_libcamera({heap})), Checks{});
    EXPECT_EQ(program_checks(with_libcamera({contiguous_heap("reserved")})), Checks{});
}

TEST(ProgramChecks, WhatIsNotKnownToBeScatteredIsNotBlamed) {
    EXPECT_EQ(program_checks(with_libcamera({test::heap("reserved")})), Checks{});
}

TEST(ProgramChecks, AProgramThatFindsNothingIsNamed) {
    Facts facts = with_libcamera({});
    facts.programs.front().heaps = {"vidbuf_cached", "linux,cma"};
    facts.programs.front().versions.clear();
    facts.programs.front().contiguous = false;
    EXPECT_EQ(program_checks(facts),
              (Checks{check("program", Condition::note,
                            "libcamera looks for heaps by name (vidbuf_cached, linux,cma), and "
                            "finds none.",
                            "No heap here is known to be contiguous; heapsel list shows which "
                            "there are.")}));
}

TEST(ProgramChecks, AProgramThatCanDoWithScatteredBuffersIsContent) {
    Facts facts = with_libcamera({});
    facts.programs.front().contiguous = false;
    EXPECT_EQ(program_checks(facts), Checks{});
}

TEST(ProgramChecks, AFileThatIsWrongIsNamed) {
    Facts facts = healthy();
    facts.program_warnings = {"/etc/heapsel/programs.toml:3: It is wrong."};
    EXPECT_EQ(program_checks(facts), (Checks{check("program", Condition::note,
                                                   "/etc/heapsel/programs.toml:3: It is wrong.")}));
}

/// The default area of this board is no longer called after its node.
class ProgramsOfABoard : public test::Tool {
  protected:
    ProgramsOfABoard() : Tool("lab-board") { board_.add_facts(); }

    [[nodiscard]] test::Outcome doctor() const { return on_board({"doctor", "--no-devices"}); }
};

TEST_F(ProgramsOfABoard, AreNamedWithoutFailingTheDoctor) {
    board_.directory().write("etc/heapsel/programs.toml",
                             "[[program]]\nname = \"player\"\nheaps = [\"linux,cma\", \"system\"]\n"
                             "contiguous = true\nsource = \"player.c\"\n");
    const std::string out = doctor().out;
    EXPECT_TRUE(test::contains(
        out, "note     program      player looks for heaps by name (linux,cma, system), and "))
        << out;
}

TEST_F(ProgramsOfABoard, AreThoseOfThisMachineAlone) {
    board_.directory().write("etc/heapsel/programs.toml",
                             "[[program]]\nname = \"ours\"\nheaps = \"absent\"\n"
                             "machine = \"heapsel,*\"\nsource = \"s\"\n"
                             "[[program]]\nname = \"theirs\"\nheaps = \"absent\"\n"
                             "machine = [\"other,*\", \"another,*\"]\nsource = \"s\"\n");
    const std::string out = doctor().out;
    EXPECT_TRUE(test::contains(out, "ours looks for")) << out;
    EXPECT_FALSE(test::contains(out, "theirs")) << out;
}

/// Which of the programs that are shipped the doctor names on a recorded board.
struct NamedPrograms {
    const char* board;
    Lines programs;
};

void PrintTo(const NamedPrograms& named, std::ostream* out) {
    *out << named.board;
}

class ShippedProgramsOn : public testing::TestWithParam<NamedPrograms> {};

TEST_P(ShippedProgramsOn, AreThoseThatDoNotFindWhatTheyNeed) {
    const test::RecordedBoard board(GetParam().board);
    const auto shipped = std::filesystem::path(std::getenv("HEAPSEL_FACTS")).parent_path();
    board.add_facts();
    std::filesystem::copy(shipped / "programs.toml", board.root() / "usr/share/heapsel");
    const auto ran =
        test::run({"doctor", "--no-devices", "--json", "--root", board.root().native()});
    const auto answer = nlohmann::json::parse(ran.out);
    Lines named;
    for (const auto& check : answer["checks"]) {
        const std::string finding = check["finding"];
        if (check["subject"] == "program")
            named.push_back(finding.substr(0, finding.find(" looks for")));
    }
    EXPECT_EQ(named, GetParam().programs);
}

INSTANTIATE_TEST_SUITE_P(
    Boards, ShippedProgramsOn,
    testing::Values(NamedPrograms{"raspberry-pi-4b", {}}, NamedPrograms{"khadas-vim3", {}},
                    NamedPrograms{"cubieboard2", {"libcamera (0.3 to 0.7)", "Kodi"}},
                    NamedPrograms{"ti-j721e-vendor", {"libcamera (0.3 to 0.7)", "Kodi"}},
                    NamedPrograms{"nxp-imx8mp-evk", {"libimxdmabuffer as it is built by default"}},
                    NamedPrograms{"rock-5b", {"Rockchip MPP, contiguous buffers"}},
                    NamedPrograms{"rockchip-rk3588-vendor", {"libcamera (0.3 to 0.7)", "Kodi"}},
                    NamedPrograms{"tq-imx8mp", {}}, NamedPrograms{"xilinx-zcu102", {}}),
    [](const testing::TestParamInfo<NamedPrograms>& named) {
        std::string name = named.param.board;
        std::erase(name, '-');
        return name;
    });

} // namespace
} // namespace heapsel
