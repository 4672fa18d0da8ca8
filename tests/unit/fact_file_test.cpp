// SPDX-License-Identifier: LGPL-2.1-or-later
#include "facts/fact_file.hpp"

#include <algorithm>
#include <format>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

using Strings = std::vector<std::string>;

FactsRead parse(std::string_view text) {
    return parse_facts(text, "/etc/heapsel/heaps.d/board.toml");
}

/// An entry with `lines`, and where it comes from.
std::string entry(std::string_view lines) {
    return std::format("[[heap]]\n{}\nsource = \"a kernel\"\nkernels = \"6.1\"\n", lines);
}

/// The one warning of a text that says nothing else, without the file.
std::string warning(std::string_view text) {
    const FactsRead read = parse(text);
    EXPECT_TRUE(read.facts.empty());
    EXPECT_EQ(read.warnings.size(), 1U);
    constexpr std::string_view file = "/etc/heapsel/heaps.d/board.toml:";
    const std::string first = read.warnings.empty() ? std::string() : read.warnings.front();
    EXPECT_TRUE(first.starts_with(file)) << first;
    return first.substr(std::min(file.size(), first.size()));
}

TEST(FactFile, HasWhatAnEntrySaysAndWhere) {
    const FactsRead read = parse("# A comment.\n" + entry("name = \"cma-uncached\"\n"
                                                          "node = \"cma\"\n"
                                                          "contiguous = true\n"
                                                          "cached = false\n"
                                                          "protected = false\n"
                                                          "last_address = 0xffffffff\n"
                                                          "aliases = [\"a\", \"b\"]\n"
                                                          "machine = [\"rockchip,*\", \"x,*\"]\n"
                                                          "kernel = \"*-rockchip*\"\n"
                                                          "compatible = \"c\"\n"
                                                          "no_map = true"));
    EXPECT_EQ(read.warnings, Strings{});
    ASSERT_EQ(read.facts.size(), 1U);
    const HeapFact& fact = read.facts.front();
    EXPECT_EQ(fact.match, (HeapMatch{.names = {"cma-uncached"},
                                     .node = "cma",
                                     .compatible = {"c"},
                                     .no_map = true,
                                     .kernels = {"*-rockchip*"},
                                     .machines = {"rockchip,*", "x,*"}}));
    EXPECT_EQ(fact.where, "board.toml:2");
    EXPECT_TRUE(fact.contiguous->value);
    EXPECT_EQ(fact.contiguous->where, "board.toml:5");
    EXPECT_FALSE(fact.cached->value);
    EXPECT_EQ(fact.cached->where, "board.toml:6");
    EXPECT_FALSE(fact.protected_memory->value);
    EXPECT_EQ(fact.last_address->value, 0xffffffffU);
    EXPECT_EQ(fact.last_address->where, "board.toml:8");
    EXPECT_EQ(fact.aliases, (Strings{"a", "b"}));
}

TEST(FactFile, AnEmptyOneSaysNothing) {
    const FactsRead read = parse("");
    EXPECT_TRUE(read.facts.empty());
    EXPECT_EQ(read.warnings, Strings{});
}

TEST(FactFile, AnUnknownKeyIsNamedWithTheNearest) {
    EXPECT_EQ(
        warning(entry("name = \"a\"\ncachd = true")),
        "3: There is no key \"cachd\". Did you mean cached? There are: name, node, compatible, "
        "no_map, kernel, machine, contiguous, cached, protected, last_address, aliases, "
        "source, kernels. The entry is ignored.");
}

TEST(FactFile, AWrongTypeIsNamed) {
    EXPECT_EQ(warning(entry("name = \"a\"\ncached = \"no\"")),
              "3: cached is true or false, and not a string. The entry is ignored.");
    EXPECT_EQ(warning(entry("name = 1\ncached = true")),
              "2: name is text in quotes, and not an integer. The entry is ignored.");
    EXPECT_EQ(
        warning(entry("name = \"a\"\nlast_address = \"4G\"")),
        "3: last_address is a number, as 0xffffffff, and not a string. The entry is ignored.");
    EXPECT_EQ(warning(entry("name = \"a\"\nlast_address = -1")),
              "3: -1 is no address: give a number above 0. The entry is ignored.");
    EXPECT_EQ(warning(entry("name = \"\"\ncached = true")),
              "2: name is empty. The entry is ignored.");
    EXPECT_EQ(warning(entry("name = []\ncached = true")),
              "2: name has 0 parts; 1 to 16 are read. The entry is ignored.");
}

TEST(FactFile, AnEntryIsAboutAHeapSaysSomethingAndSaysWhereItWasRead) {
    EXPECT_EQ(warning(entry("machine = \"a\"\ncached = true")),
              "1: It is about no heap: give name, node or compatible. The entry is ignored.");
    EXPECT_EQ(warning(entry("name = \"a\"")),
              "1: It says nothing: give contiguous, cached, protected, last_address, aliases, or a "
              "node for a name. The entry is ignored.");
    EXPECT_EQ(warning("[[heap]]\nname = \"a\"\ncached = true\nkernels = \"6.1\"\n"),
              "1: It has no source: say where in the vendor's kernel it was read. The entry is "
              "ignored.");
    EXPECT_EQ(warning("[[heap]]\nname = \"a\"\ncached = true\nsource = \"s\"\n"),
              "1: It has no kernels: say which kernels it holds for. The entry is ignored.");
    EXPECT_EQ(
        warning(entry("name = \"a*\"\naliases = \"b\"")),
        "1: aliases are those of one heap: give one name, without a *. The entry is ignored.");
}

TEST(FactFile, AWrongEntryLeavesTheOthers) {
    const FactsRead read =
        parse(entry("name = \"a\"\ncached = 1") + entry("name = \"b\"\ncached = true"));
    EXPECT_EQ(read.warnings.size(), 1U);
    ASSERT_EQ(read.facts.size(), 1U);
    EXPECT_EQ(read.facts.front().match.names, Strings{"b"});
}

TEST(FactFile, OfTwoEntriesAboutTheSameHeapsTheSecondIsIgnored) {
    const FactsRead read =
        parse(entry("name = \"a\"\ncached = true") + entry("name = \"a\"\ncached = false"));
    EXPECT_EQ(read.warnings,
              Strings{"/etc/heapsel/heaps.d/board.toml:6: board.toml:1 is about the same heaps: "
                      "make one of the two. The entry is ignored."});
    ASSERT_EQ(read.facts.size(), 1U);
    EXPECT_TRUE(read.facts.front().cached->value);
}

TEST(FactFile, AKeyThatStandsTwiceIsNoToml) {
    const std::string said = warning(entry("name = \"a\"\ncached = true\ncached = false"));
    EXPECT_TRUE(said.starts_with("4: This is no TOML: ")) << said;
    EXPECT_TRUE(said.ends_with(" The file is ignored.")) << said;
}

TEST(FactFile, OtherTablesAreIgnored) {
    EXPECT_EQ(warning("[default]\nrequire = []\n"),
              "1: There is no \"default\"; entries are [[heap]]. It is ignored.");
    EXPECT_EQ(warning("heap = 3\n"), "1: Entries are [[heap]], and not an integer. It is ignored.");
    EXPECT_EQ(warning("heap = [3]\n"),
              "1: Entries are [[heap]], and not an integer. It is ignored.");
}

TEST(FactFile, IsOfALimitedSize) {
    const FactsRead read = parse(std::string(max_fact_bytes + 1, '\n'));
    EXPECT_TRUE(read.facts.empty());
    EXPECT_EQ(read.warnings, Strings{"/etc/heapsel/heaps.d/board.toml: It is larger than 64 KiB. "
                                     "The file is ignored."});
    EXPECT_EQ(warning(entry("cached = true\nname = \"" + std::string(513, 'a') + "\"")),
              "3: name has more than 512 bytes. The entry is ignored.");
}

TEST(FactFile, HasALimitedNumberOfEntriesAndOfWarnings) {
    std::string many;
    for (std::size_t i = 0; i < 300; ++i)
        many += std::format("[[heap]]\nname='{}'\ncached=true\nsource='s'\nkernels='k'\n", i);
    const FactsRead entries = parse(many);
    EXPECT_EQ(entries.facts.size(), max_facts_in_a_file);
    EXPECT_EQ(entries.warnings,
              Strings{"/etc/heapsel/heaps.d/board.toml:1281: The file has more than 256 entries; "
                      "the rest is ignored."});
    std::string wrong = "[[heap]]\n";
    for (std::size_t i = 0; i < 300; ++i)
        wrong += std::format("k{}=1\n", i);
    const FactsRead warned = parse(wrong);
    EXPECT_EQ(warned.warnings.size(), max_fact_warnings + 1);
    EXPECT_EQ(warned.warnings.back(),
              "/etc/heapsel/heaps.d/board.toml: There is more wrong with it.");
}

TEST(FactFile, WarningsArePrintable) {
    const FactsRead read = parse_facts("\x1b", "a\x1b.toml");
    ASSERT_EQ(read.warnings.size(), 1U);
    EXPECT_FALSE(read.warnings.front().contains('\x1b')) << read.warnings.front();
}

} // namespace
} // namespace heapsel
