// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/program_lists.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Strings = std::vector<std::string>;
namespace fs = std::filesystem;

ProgramListsRead read(std::string_view text) {
    return parse_program_lists(text, "/etc/heapsel/programs.toml");
}

/// What is said of an entry with `line` in it, behind the file's name.
std::string fault(const std::string& line) {
    const auto programs = read("[[program]]\nname = \"p\"\nheaps = \"h\"\nsource = \"s\"\n" + line);
    EXPECT_EQ(programs.programs.size(), 0U) << line;
    EXPECT_EQ(programs.warnings.size(), 1U) << line;
    constexpr std::string_view file = "/etc/heapsel/programs.toml:";
    return programs.warnings.empty() ? "" : programs.warnings.front().substr(file.size());
}

fs::path data() {
    return fs::path(std::getenv("HEAPSEL_FACTS")).parent_path();
}

std::string content(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(ProgramLists, HaveTheNamesInTheProgramsOrder) {
    const auto all = read("[[program]]\nname = \"cam\"\nversions = \"1 to 2\"\n"
                          "heaps = [\"b\", \"a\"]\ncontiguous = true\nmachine = \"x,*\"\n"
                          "rules = \"61-cam.rules\"\nsource = \"cam.c\"\n");
    EXPECT_EQ(all.warnings, Strings{});
    EXPECT_EQ(all.programs, (std::vector{ProgramList{.name = "cam",
                                                     .versions = "1 to 2",
                                                     .heaps = {"b", "a"},
                                                     .contiguous = true,
                                                     .machines = {"x,*"},
                                                     .rules = "61-cam.rules"}}));
}

TEST(ProgramLists, AWrongEntryIsLeftOutAndTheOthersStay) {
    const auto all = read("[[program]]\nname = 4\n[[program]]\nname = \"p\"\nheaps = \"h\"\n"
                          "source = \"s\"\n");
    ASSERT_EQ(all.programs.size(), 1U);
    EXPECT_EQ(all.programs.front().heaps, Strings{"h"});
    EXPECT_EQ(all.warnings, Strings{"/etc/heapsel/programs.toml:2: name is text in quotes, and not "
                                    "an integer. The entry is ignored."});
}

TEST(ProgramLists, SayWhatIsWrongAndWhere) {
    EXPECT_EQ(fault("heap = \"h\""),
              "5: There is no key \"heap\". Did you mean heaps? There are: name, versions, heaps, "
              "contiguous, machine, rules, source. The entry is ignored.");
    EXPECT_EQ(fault("contiguous = \"yes\""),
              "5: contiguous is true or false, and not a string. The entry is ignored.");
    EXPECT_EQ(fault("machine = []"), "5: machine has 1 to 16 parts. The entry is ignored.");
    EXPECT_EQ(fault("machine = [\"\"]"), "5: machine has 1 to 512 bytes. The entry is ignored.");
    EXPECT_EQ(fault("rules = \"../a b\""),
              "5: rules is the name of a file, of letters, digits, -, _ and .. The entry is "
              "ignored.");
    EXPECT_EQ(
        read("[[program]]\nname = \"p\"\n").warnings,
        Strings{"/etc/heapsel/programs.toml:1: It needs a name, heaps and a source. The entry "
                "is ignored."});
    EXPECT_EQ(read("programs = 4\n").warnings,
              Strings{"/etc/heapsel/programs.toml:1: Entries are [[program]]. It is ignored."});
    EXPECT_TRUE(read("[[program\n").warnings.front().ends_with("The file is ignored."));
    EXPECT_EQ(
        read(std::string(max_program_bytes + 1, '#')).warnings,
        Strings{"/etc/heapsel/programs.toml: It is larger than 64 KiB. The file is ignored."});
}

TEST(ProgramLists, OfAnEntryOrAFileThatIsAllWrongLittleIsSaid) {
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += "[[program]]\nname = 1\n";
    const auto all = read(text);
    EXPECT_EQ(all.warnings.size(), max_program_warnings + 1);
    EXPECT_EQ(all.warnings.back(), "/etc/heapsel/programs.toml: There is more wrong with it.");
}

TEST(ReadProgramLists, AreThoseThatAreShippedAndThenTheAdministrators) {
    const test::TemporaryDirectory root;
    EXPECT_EQ(read_program_lists(root.path()).programs.size(), 0U);
    EXPECT_EQ(read_program_lists(root.path()).warnings, Strings{});
    const auto entry = [](const char* name) {
        return std::format("[[program]]\nname = \"{}\"\nheaps = \"h\"\nsource = \"s\"\n", name);
    };
    root.write("etc/heapsel/programs.toml", entry("own"));
    root.write("usr/share/heapsel/programs.toml", entry("shipped"));
    const auto programs = read_program_lists(root.path()).programs;
    ASSERT_EQ(programs.size(), 2U);
    EXPECT_EQ(programs[0].name, "shipped");
    EXPECT_EQ(programs[1].name, "own");
}

TEST(ReadProgramLists, WhatCannotBeReadIsSaid) {
    const test::TemporaryDirectory root;
    root.make_directory("etc/heapsel/programs.toml");
    const auto warnings = read_program_lists(root.path()).warnings;
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings.front().find("etc/heapsel/programs.toml"), std::string::npos);
}

TEST(ShippedProgramLists, AreRightAndEachRuleGivesANameThatItsProgramLooksFor) {
    const auto shipped = parse_program_lists(content(data() / "programs.toml"), "programs.toml");
    EXPECT_EQ(shipped.warnings, Strings{});
    ASSERT_GE(shipped.programs.size(), 8U);
    std::set<fs::path> named;
    for (const ProgramList& program : shipped.programs) {
        if (program.rules.empty())
            continue;
        named.insert(program.rules);
        const std::string rule = content(data() / "udev" / program.rules);
        EXPECT_TRUE(std::ranges::any_of(program.heaps, [&](const std::string& name) {
            return rule.find("SYMLINK+=\"dma_heap/" + name + "\"") != std::string::npos;
        })) << program.rules;
        EXPECT_NE(rule.find("KERNEL==\"default_cma_region\""), std::string::npos) << program.rules;
        EXPECT_NE(rule.find("# Source: "), std::string::npos) << program.rules;
    }
    for (const auto& file : fs::directory_iterator(data() / "udev"))
        EXPECT_TRUE(named.contains(file.path().filename())) << file.path();
}

} // namespace
} // namespace heapsel
