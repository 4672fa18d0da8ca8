// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/memory_counter.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "recorded_pmus.hpp"

namespace heapsel::bandwidth {
namespace {

MemoryCounter counter_in(const std::filesystem::path& root) {
    const auto counters = find_memory_counters(root);
    if (!counters) {
        ADD_FAILURE() << counters.error().message();
        return {};
    }
    EXPECT_EQ(counters->size(), 1U);
    return counters->empty() ? MemoryCounter{} : counters->front();
}

MemoryCounter counter_of(const std::string& soc) {
    return counter_in(test::pmu_fixture(soc));
}

const MemoryEvent& event(const MemoryCounter& counter, std::size_t pass, std::size_t event) {
    return counter.passes.at(pass).events.at(event);
}

TEST(MemoryCounters, OfImx6CountBytesOfTheDecoderInAPassOfTheirOwn) {
    const MemoryCounter counter = counter_of("imx6q");
    EXPECT_EQ(counter.name, "mmdc0");
    EXPECT_EQ(counter.soc, "i.MX 6 Quad, Dual");
    EXPECT_TRUE(counter.by_master);
    EXPECT_FALSE(counter.by_region);
    ASSERT_EQ(counter.passes.size(), 2U);
    EXPECT_EQ(event(counter, 0, 0).config, 4U);
    EXPECT_EQ(event(counter, 0, 0).config1, 0U);
    EXPECT_EQ(event(counter, 1, 1).words, "write-bytes,axi_id=0x3f0013");
    EXPECT_EQ(event(counter, 1, 1).config, 5U);
    EXPECT_EQ(event(counter, 1, 1).config1, 0x3f0013U);
    EXPECT_EQ(event(counter, 1, 1).of, "vpu");
}

TEST(MemoryCounters, OfImx6KnowTheDecoderByTheMachine) {
    const test::ChangedPmus changed("imx6q");
    changed.set_machine("fsl,imx6dl");
    EXPECT_EQ(event(counter_in(changed.root()), 1, 0).config1, 0x3f000bU);
    changed.set_machine("fsl,imx6sx");
    EXPECT_FALSE(counter_in(changed.root()).by_master);
}

/// Two kinds have 32 lines of data, one has 16.
TEST(MemoryCounters, OfImx8mHaveTheBytesOfItsWidth) {
    const test::ChangedPmus changed("imx8mm");
    for (const auto& [identifier, soc, bytes] :
         {std::tuple("i.MX8MQ", "i.MX 8M Quad", 16), std::tuple("i.MX8MM", "i.MX 8M Mini", 16),
          std::tuple("i.MX8MN", "i.MX 8M Nano", 8)}) {
        changed.write("imx8_ddr0/identifier", std::string(identifier) + "\n");
        const MemoryCounter counter = counter_in(changed.root());
        EXPECT_EQ(counter.soc, soc);
        ASSERT_EQ(counter.passes.size(), 1U);
        EXPECT_EQ(event(counter, 0, 0).bytes_per_count, bytes);
        EXPECT_EQ(event(counter, 0, 1).bytes_per_count, bytes);
        EXPECT_EQ(event(counter, 0, 1).config, 0x2bU);
        EXPECT_EQ(event(counter, 0, 1).side, Side::dram);
    }
}

TEST(MemoryCounters, OfAKernelWithoutIdentifiersAreKnownByTheMachine) {
    const test::ChangedPmus changed("imx8mm");
    changed.remove("imx8_ddr0/identifier");
    EXPECT_EQ(counter_in(changed.root()).soc, "i.MX 8M Mini");
    changed.set_machine("fsl,imx8mn");
    EXPECT_EQ(counter_in(changed.root()).soc, "i.MX 8M Nano");
    changed.set_machine("fsl,imx8qxp");
    EXPECT_EQ(find_memory_counters(changed.root()), std::vector<MemoryCounter>{});
}

TEST(MemoryCounters, OfImx8mpCountBothSidesAndThreeDecoders) {
    const MemoryCounter counter = counter_of("imx8mp");
    EXPECT_TRUE(counter.stops_at_overflow);
    ASSERT_EQ(counter.passes.size(), 5U);
    EXPECT_EQ(event(counter, 0, 0).side, Side::dram);
    EXPECT_EQ(event(counter, 0, 0).bytes_per_count, 16);
    EXPECT_EQ(event(counter, 1, 0).side, Side::bus);
    EXPECT_EQ(event(counter, 1, 0).bytes_per_count, 1);
    EXPECT_EQ(event(counter, 1, 0).config, 0x41U);
    EXPECT_EQ(event(counter, 1, 0).config1, 0xffff0000U);
    EXPECT_EQ(event(counter, 4, 1).config, 0x42U);
    EXPECT_EQ(event(counter, 4, 1).config1, 0x7eU);
    EXPECT_EQ(event(counter, 4, 1).of, "vpu3");
}

TEST(MemoryCounters, OfImx93WriteADifference) {
    const MemoryCounter counter = counter_of("imx93");
    ASSERT_EQ(counter.passes.size(), 1U);
    std::map<std::string, std::int64_t> bytes;
    for (const MemoryEvent& part : counter.passes.front().events) {
        if (part.direction == Direction::write)
            bytes.emplace(part.words, part.bytes_per_count);
    }
    EXPECT_EQ(bytes, (std::map<std::string, std::int64_t>{{"ddrc_pm_2", -32},
                                                          {"ddrc_pm_3", 32},
                                                          {"ddrc_pm_4", -32},
                                                          {"ddrc_pm_5", 32},
                                                          {"ddrc_pm_6", -32},
                                                          {"ddrc_pm_7", 32},
                                                          {"ddrc_pm_8", -32},
                                                          {"ddrc_pm_9", 32}}));
}

TEST(MemoryCounters, OfImx95HaveFieldsInTwoParts) {
    const MemoryCounter counter = counter_of("imx95");
    ASSERT_EQ(counter.passes.size(), 3U);
    // The counter's number is in bits 16 to 23.
    EXPECT_EQ(event(counter, 1, 0).config, 0x50049U);
    EXPECT_EQ(event(counter, 1, 0).config1, 0x180U);
    EXPECT_EQ(event(counter, 1, 0).config2, 0x3f0U);
    EXPECT_EQ(event(counter, 1, 1).config, 0x20049U);
    EXPECT_EQ(event(counter, 1, 1).bytes_per_count, 32);
}

TEST(MemoryCounters, OfOtherImx9AreKnownByTheirIdentifiers) {
    const test::ChangedPmus of_93("imx93");
    of_93.write("imx9_ddr0/identifier", "imx91\n");
    EXPECT_EQ(counter_in(of_93.root()).soc, "i.MX 91");
    const test::ChangedPmus of_95("imx95");
    of_95.write("imx9_ddr0/identifier", "imx94\n");
    const MemoryCounter counter = counter_in(of_95.root());
    EXPECT_EQ(counter.soc, "i.MX 94");
    EXPECT_FALSE(counter.by_master);
}

TEST(MemoryCounters, OfRockchipHaveTheChannelsOfTheSoc) {
    EXPECT_EQ(counter_of("rk3588").passes.front().events.size(), 10U);
    EXPECT_EQ(counter_of("rk3588").passes.front().events.front().cpu, 4);
    EXPECT_EQ(counter_of("rk3399").passes.front().events.size(), 6U);
    const test::ChangedPmus changed("rk3399");
    changed.set_machine("rockchip,rk3568");
    EXPECT_EQ(counter_in(changed.root()).soc, "RK3566, RK3568");
    EXPECT_EQ(counter_in(changed.root()).passes.front().events.size(), 2U);
    changed.set_machine("rockchip,rk4000");
    EXPECT_EQ(counter_in(changed.root()).soc, "Rockchip");
}

TEST(MemoryCounters, OfAmlogicCountSixteenBytesOfBothDirections) {
    const MemoryCounter counter = counter_of("g12b");
    ASSERT_EQ(counter.passes.size(), 1U);
    for (const MemoryEvent& part : counter.passes.front().events) {
        EXPECT_EQ(part.direction, Direction::both);
        EXPECT_EQ(part.bytes_per_count, 16);
    }
    EXPECT_EQ(event(counter, 0, 2).config1, 0x10U);
    EXPECT_EQ(event(counter, 0, 2).of, "hevc front");
}

TEST(MemoryCounters, OfSeveralPmusAreOneWithTheEventsOfAll) {
    const MemoryCounter counter = counter_of("intel-tiger-lake");
    EXPECT_EQ(counter.name, "uncore_imc_free_running");
    ASSERT_EQ(counter.passes.size(), 1U);
    ASSERT_EQ(counter.passes.front().events.size(), 4U);
    EXPECT_EQ(event(counter, 0, 0).pmu, "uncore_imc_free_running_0");
    EXPECT_EQ(event(counter, 0, 0).config, 0x20ffU);
    EXPECT_EQ(event(counter, 0, 3).pmu, "uncore_imc_free_running_1");
    EXPECT_EQ(event(counter, 0, 3).type, 21U);
    EXPECT_EQ(event(counter, 0, 3).share, Share::all);
}

TEST(MemoryCounters, OfTwoSocketsAreOpenedOnBoth) {
    const MemoryCounter counter = counter_of("intel-skylake-server");
    std::set<std::pair<std::string, int>> places;
    for (const MemoryEvent& part : counter.passes.front().events)
        places.emplace(part.pmu, part.cpu);
    EXPECT_EQ(
        places,
        (std::set<std::pair<std::string, int>>{
            {"uncore_imc_0", 0}, {"uncore_imc_0", 28}, {"uncore_imc_1", 0}, {"uncore_imc_1", 28}}));
}

TEST(MemoryCounters, OfTheEmulatorHaveAllMemoryAndThenEachRegion) {
    const MemoryCounter counter = counter_of("lab-board");
    EXPECT_TRUE(counter.emulator);
    EXPECT_TRUE(counter.by_region);
    ASSERT_EQ(counter.passes.size(), 1U);
    ASSERT_EQ(counter.passes.front().events.size(), 6U);
    EXPECT_EQ(event(counter, 0, 0).share, Share::all);
    EXPECT_EQ(event(counter, 0, 0).config1, 0U);
    EXPECT_EQ(event(counter, 0, 3).words, "write-bytes,region=1");
    EXPECT_EQ(event(counter, 0, 3).share, Share::region);
    EXPECT_EQ(event(counter, 0, 3).of, "nonecc@58000000");
    EXPECT_EQ(event(counter, 0, 5).config, 2U);
    EXPECT_EQ(event(counter, 0, 5).config1, 2U);
}

TEST(MemoryCounters, AreNoneOfAMachineWithoutAny) {
    const test::TemporaryDirectory root;
    EXPECT_EQ(find_memory_counters(root.path()), std::vector<MemoryCounter>{});
}

TEST(MemoryCounters, PassOverAPmuOfAKnownNameThatCountsSomethingElse) {
    const test::ChangedPmus changed("intel-haswell");
    changed.remove("uncore_imc/events/data_reads");
    EXPECT_EQ(find_memory_counters(changed.root()), std::vector<MemoryCounter>{});
}

TEST(MemoryCounters, OfAPmuThatLacksAnEventAreAnErrorThatNamesIt) {
    const test::ChangedPmus changed("imx8mp");
    changed.remove("imx8_ddr0/events/write-cycles");
    const auto counters = find_memory_counters(changed.root());
    ASSERT_FALSE(counters);
    EXPECT_EQ(counters.error().code, EINVAL);
    EXPECT_EQ(counters.error().subject, "imx8_ddr0/write-cycles/");
}

TEST(MemoryCounters, OfABrokenPmuAreAnErrorAndOneThatCountsNoMemoryIsNotRead) {
    const test::ChangedPmus changed("imx8mp");
    changed.write("armv8_cortex_a53/type", "broken\n");
    EXPECT_TRUE(find_memory_counters(changed.root()));
    changed.write("imx8_ddr0/type", "broken\n");
    EXPECT_EQ(find_memory_counters(changed.root()).error().code, EINVAL);
}

class EachFixture : public testing::TestWithParam<std::string> {};

/// What has to hold for whoever opens the events.
TEST_P(EachFixture, HasPassesThatCanBeOpened) {
    const auto counters = find_memory_counters(test::pmu_fixture(GetParam()));
    ASSERT_TRUE(counters) << counters.error().message();
    for (const MemoryCounter& counter : *counters) {
        EXPECT_FALSE(counter.soc.empty());
        EXPECT_FALSE(counter.passes.empty());
        for (const CounterPass& pass : counter.passes) {
            EXPECT_FALSE(pass.events.empty());
            std::set<std::tuple<std::string, int, std::uint64_t, std::uint64_t, std::uint64_t>>
                seen;
            for (const MemoryEvent& part : pass.events) {
                EXPECT_NE(part.bytes_per_count, 0);
                EXPECT_FALSE(part.source.empty());
                EXPECT_EQ(part.of.empty(), part.share == Share::all);
                EXPECT_TRUE(
                    seen.emplace(part.pmu, part.cpu, part.config, part.config1, part.config2)
                        .second)
                    << part.words << " is there twice";
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, EachFixture, testing::ValuesIn(test::pmu_fixtures()),
                         [](const auto& fixture) {
                             std::string name = fixture.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

} // namespace
} // namespace heapsel::bandwidth
