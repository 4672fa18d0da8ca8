// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/uncounted_memory.hpp"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "bandwidth/pmu/memory_counter.hpp"
#include "recorded_pmus.hpp"

namespace heapsel::bandwidth {
namespace {

namespace fs = std::filesystem;

TEST(UncountedMemory, IsAPmuWhoseUnitLinuxDoesNotSay) {
    const auto uncounted = find_uncounted_memory(test::pmu_fixture("imx8dxl"));
    EXPECT_EQ(uncounted,
              (std::vector<UncountedMemory>{
                  {.name = "imx8_db0", .why = "Linux does not say how many bytes a count is."},
                  {.name = "imx8_ddr0",
                   .why = "Linux does not say how many bytes a count is on this SoC."}}));
    EXPECT_EQ(find_memory_counters(test::pmu_fixture("imx8dxl")), std::vector<MemoryCounter>{});
}

TEST(UncountedMemory, IsNoneWhereThePmuCounts) {
    EXPECT_EQ(find_uncounted_memory(test::pmu_fixture("imx8mp")), std::vector<UncountedMemory>{});
}

TEST(UncountedMemory, IsADeviceOfADriverThatKeepsItsCounts) {
    const test::TemporaryDirectory root;
    const fs::path driver = root.path() / "sys/bus/platform/drivers/qcom-bwmon";
    root.write("sys/bus/platform/drivers/qcom-bwmon/bind");
    fs::create_symlink("../../../../module/icc_bwmon", driver / "module");
    fs::create_symlink("../../../../devices/platform/90b6400.pmu", driver / "90b6400.pmu");
    const auto uncounted = find_uncounted_memory(root.path());
    ASSERT_TRUE(uncounted);
    ASSERT_EQ(uncounted->size(), 1U);
    EXPECT_EQ(uncounted->front().name, "90b6400.pmu");
    EXPECT_TRUE(uncounted->front().why.contains("qcom_bwmon_update"));
}

TEST(UncountedMemory, IsNoneOfADriverWithoutADevice) {
    const test::TemporaryDirectory root;
    root.write("sys/bus/platform/drivers/exynos-ppmu/bind");
    EXPECT_EQ(find_uncounted_memory(root.path()), std::vector<UncountedMemory>{});
}

TEST(UncountedMemory, OfABrokenPmuIsAnError) {
    const test::ChangedPmus changed("imx8dxl");
    changed.write("imx8_db0/cpumask", "none\n");
    EXPECT_EQ(find_uncounted_memory(changed.root()).error().code, EINVAL);
}

} // namespace
} // namespace heapsel::bandwidth
