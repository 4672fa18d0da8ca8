// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/counter_checks.hpp"

#include <cerrno>

#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

CounterFacts facts(PerfPermission permission) {
    return {.counters = {"imx8_ddr0"}, .unreadable = {}, .permission = permission, .clocks = {}};
}

TEST(CounterChecks, AreNoneWhereNothingCounts) {
    EXPECT_TRUE(counter_checks({.counters = {},
                                .unreadable = {},
                                .permission = PerfPermission{.paranoid = 3, .capable = false},
                                .clocks = {{.name = "dmc", .governor = "x", .pinned = false}}})
                    .empty());
}

TEST(CounterChecks, OfWhoMayNotSayWhatToSet) {
    const auto checks = counter_checks(facts({.paranoid = 2, .capable = false}));
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].condition, Condition::note);
    EXPECT_EQ(checks[0].finding,
              "imx8_ddr0 counts memory traffic, and this process may not read it: it has no "
              "CAP_PERFMON, and kernel.perf_event_paranoid is 2.");
    EXPECT_EQ(checks[0].commands.back(), "sudo sysctl kernel.perf_event_paranoid=0");
}

TEST(CounterChecks, OfWhoMayAreOk) {
    EXPECT_EQ(counter_checks(facts({.paranoid = 3, .capable = true}))[0].condition, Condition::ok);
    EXPECT_EQ(counter_checks(facts({.paranoid = 0, .capable = false}))[0].condition, Condition::ok);
}

TEST(CounterChecks, OfARecordedMachineAreUnknown) {
    CounterFacts recorded = facts({});
    recorded.permission.reset();
    EXPECT_EQ(counter_checks(recorded)[0].condition, Condition::unknown);
}

TEST(CounterChecks, SayHowAClockIsPinned) {
    CounterFacts with_clock = facts({.paranoid = 0, .capable = true});
    with_clock.clocks = {{.name = "dmc", .governor = "simple_ondemand", .pinned = false},
                         {.name = "other-dmc", .governor = "performance", .pinned = true}};
    const auto checks = counter_checks(with_clock);
    ASSERT_EQ(checks.size(), 3U);
    EXPECT_EQ(checks[1].condition, Condition::note);
    EXPECT_EQ(checks[1].commands.front(),
              "echo performance | sudo tee /sys/class/devfreq/dmc/governor");
    EXPECT_EQ(checks[2].condition, Condition::ok);
}

TEST(CounterChecks, SayWhichCounterMakesNoSense) {
    const auto checks = counter_checks(
        {.counters = {},
         .unreadable = Error{.code = EINVAL, .operation = "read", .subject = "type", .hint = {}},
         .permission = {},
         .clocks = {}});
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_TRUE(checks[0].finding.contains("cannot read (type)"));
}

TEST(MemoryClocks, AreThoseOfMemoryControllers) {
    const test::TemporaryDirectory root;
    root.write("sys/class/devfreq/dmc/governor", "simple_ondemand\n");
    root.write("sys/class/devfreq/dmc/min_freq", "324000000\n");
    root.write("sys/class/devfreq/dmc/max_freq", "2112000000\n");
    root.write("sys/class/devfreq/3d400000.memory-controller/governor", "userspace\n");
    root.write("sys/class/devfreq/fixed-ddr/governor", "simple_ondemand\n");
    root.write("sys/class/devfreq/fixed-ddr/min_freq", "800000000\n");
    root.write("sys/class/devfreq/fixed-ddr/max_freq", "800000000\n");
    root.write("sys/class/devfreq/fb000000.gpu/governor", "simple_ondemand\n");
    EXPECT_EQ(read_memory_clocks(root.path()),
              (std::vector<MemoryClock>{
                  {.name = "3d400000.memory-controller", .governor = "userspace", .pinned = true},
                  {.name = "dmc", .governor = "simple_ondemand", .pinned = false},
                  {.name = "fixed-ddr", .governor = "simple_ondemand", .pinned = true}}));
}

TEST(PerfPermission, IsReadFromTheCapabilitiesThatAreInEffect) {
    const std::string others = "Name:\tx\nCapPrm:\tffffffffffffffff\n";
    EXPECT_TRUE(may_count(others + "CapEff:\t0000004000000000\nCapBnd:\t0\n")) << "CAP_PERFMON";
    EXPECT_TRUE(may_count(others + "CapEff:\t0000000000200000\n")) << "CAP_SYS_ADMIN";
    EXPECT_FALSE(may_count(others + "CapEff:\t0000000000000400\n"));
    EXPECT_FALSE(may_count(others));
}

TEST(PerfPermission, KnowsThatParanoiaCanBeBelowZeroAndAbsent) {
    const test::TemporaryDirectory root;
    EXPECT_FALSE(read_perf_permission(root.path()).paranoid);
    EXPECT_FALSE(read_perf_permission(root.path()).granted());
    root.write("proc/sys/kernel/perf_event_paranoid", "-1\n");
    EXPECT_EQ(read_perf_permission(root.path()).paranoid, -1);
    EXPECT_TRUE(read_perf_permission(root.path()).granted());
    root.write("proc/sys/kernel/perf_event_paranoid", "much\n");
    EXPECT_FALSE(read_perf_permission(root.path()).paranoid);
}

} // namespace
} // namespace heapsel
