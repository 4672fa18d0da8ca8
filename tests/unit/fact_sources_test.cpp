// SPDX-License-Identifier: LGPL-2.1-or-later
#include "facts/fact_sources.hpp"

#include <cstdlib>
#include <filesystem>
#include <format>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Strings = std::vector<std::string>;

constexpr const char* vendor = "usr/share/heapsel/heaps.d/";
constexpr const char* administrator = "etc/heapsel/heaps.d/";

class ReadHeapFacts : public testing::Test {
  protected:
    void write(const std::string& file, const std::string& heap) const {
        directory_.write(file,
                         std::format("[[heap]]\nname = \"{}\"\ncached = true\nsource = \"s\"\n"
                                     "kernels = \"k\"\n",
                                     heap));
    }

    /// The heaps that are written of, in their order.
    [[nodiscard]] Strings heaps() const {
        Strings names;
        for (const HeapFact& fact : read_heap_facts(directory_.path()).facts)
            names.push_back(fact.match.names.front());
        return names;
    }

    [[nodiscard]] Strings warnings() const { return read_heap_facts(directory_.path()).warnings; }

    test::TemporaryDirectory directory_;
};

TEST_F(ReadHeapFacts, AreNoneWithoutFiles) {
    EXPECT_EQ(heaps(), Strings{});
    EXPECT_EQ(warnings(), Strings{});
}

TEST_F(ReadHeapFacts, AreTheVendorsAndThenTheAdministratorsEachByName) {
    write(std::string(administrator) + "a.toml", "fourth");
    write(std::string(vendor) + "c.toml", "second");
    write(std::string(vendor) + "b.toml", "first");
    write(std::string(administrator) + "0.toml", "third");
    EXPECT_EQ(heaps(), (Strings{"first", "second", "third", "fourth"}));
}

TEST_F(ReadHeapFacts, AFileOfTheAdministratorStandsInForThatOfItsName) {
    write(std::string(vendor) + "a.toml", "vendor");
    write(std::string(administrator) + "a.toml", "administrator");
    EXPECT_EQ(heaps(), Strings{"administrator"});
    directory_.write(std::string(administrator) + "a.toml");
    EXPECT_EQ(heaps(), Strings{});
}

TEST_F(ReadHeapFacts, ALinkToNothingMasksAFile) {
    write(std::string(vendor) + "a.toml", "vendor");
    directory_.make_directory(administrator);
    std::filesystem::create_symlink("/dev/null", directory_.path() / administrator / "a.toml");
    EXPECT_EQ(heaps(), Strings{});
    EXPECT_EQ(warnings(), Strings{});
}

TEST_F(ReadHeapFacts, WhatCannotBeReadIsAWarningAndLeavesTheRest) {
    write(std::string(vendor) + "a.toml", "a");
    directory_.write("etc/heapsel/heaps.d");
    directory_.make_directory(std::string(vendor) + "b.toml");
    directory_.write(std::string(vendor) + "c.toml", std::string(max_fact_bytes + 1, '\n'));
    ASSERT_EQ(::mkfifo((directory_.path() / vendor / "d.toml").c_str(), 0600), 0);
    EXPECT_EQ(heaps(), Strings{"a"});
    std::string said;
    for (const std::string& warning : warnings())
        said += warning + "\n";
    for (const char* const part : {"etc/heapsel/heaps.d): ", "b.toml): ", "c.toml): ", "d.toml): "})
        EXPECT_TRUE(said.contains(part)) << part << '\n' << said;
}

TEST_F(ReadHeapFacts, AreOfALimitedNumberOfFiles) {
    for (std::size_t i = 0; i < max_fact_files + 1; ++i)
        write(std::format("{}{:03}.toml", vendor, i), std::to_string(i));
    EXPECT_EQ(heaps().size(), max_fact_files);
    EXPECT_EQ(warnings(), Strings{std::format("There are more than 64 files of facts; those from "
                                              "{}/{}064.toml on are ignored.",
                                              directory_.path().native(), vendor)});
}

TEST(ShippedFacts, AreReadWithoutAWarning) {
    const test::TemporaryDirectory directory;
    directory.make_directory("usr/share/heapsel");
    std::filesystem::copy(std::getenv("HEAPSEL_FACTS"), directory.path() / vendor);
    const FactsRead read = read_heap_facts(directory.path());
    EXPECT_EQ(read.warnings, Strings{});
    EXPECT_GE(read.facts.size(), 25U);
}

} // namespace
} // namespace heapsel
