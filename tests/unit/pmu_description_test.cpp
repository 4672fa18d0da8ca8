// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/pmu_description.hpp"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "recorded_pmus.hpp"

namespace heapsel::bandwidth {
namespace {

namespace fs = std::filesystem;

TEST(PmuNames, AreThoseOfTheDirectory) {
    EXPECT_EQ(
        pmu_names(test::pmu_fixture("imx8mp")),
        (std::vector<std::string>{"armv8_cortex_a53", "imx8_ddr0", "software", "tracepoint"}));
}

TEST(PmuNames, AreNoneWhereTheKernelHasNoPmu) {
    const test::TemporaryDirectory root;
    EXPECT_EQ(pmu_names(root.path()), std::vector<std::string>{});
}

TEST(PmuNames, ThatCannotBeListedAreAnError) {
    const test::TemporaryDirectory root;
    root.write("sys/bus/event_source/devices");
    EXPECT_EQ(pmu_names(root.path()).error().code, ENOTDIR);
}

TEST(Pmu, IsReadWhole) {
    const auto pmu = read_pmu(test::pmu_fixture("imx8mp"), "imx8_ddr0");
    ASSERT_TRUE(pmu) << pmu.error().message();
    EXPECT_EQ(pmu->name, "imx8_ddr0");
    EXPECT_EQ(pmu->type, 10U);
    EXPECT_EQ(pmu->cpus, std::vector{0});
    EXPECT_EQ(pmu->identifier, "i.MX8MP");
    EXPECT_EQ(pmu->formats.size(), 5U);
    EXPECT_EQ(pmu->formats.at("axi_mask"), "config1:16-31");
    EXPECT_EQ(pmu->events.size(), 32U);
    EXPECT_EQ(pmu->events.at("axid-read"), "event=0x41");
    EXPECT_TRUE(pmu->regions.empty());
}

TEST(Pmu, HasEventsWithoutTheirUnitsAndScales) {
    const auto pmu = read_pmu(test::pmu_fixture("imx6q"), "mmdc0");
    ASSERT_TRUE(pmu);
    EXPECT_EQ(pmu->events.size(), 6U);
    EXPECT_FALSE(pmu->events.contains("read-bytes.unit"));
}

TEST(Pmu, OfTheEmulatorHasRegionsByNumber) {
    const test::ChangedPmus changed("lab-board");
    changed.write("lab_ddr/regions/10", "tenth@0\n");
    const auto pmu = read_pmu(changed.root(), "lab_ddr");
    ASSERT_TRUE(pmu);
    EXPECT_EQ(pmu->regions, (std::map<std::uint64_t, std::string>{
                                {1, "nonecc@58000000"}, {2, "memory@40000000"}, {10, "tenth@0"}}));
}

TEST(Pmu, ThatIsALinkWithinSysfsIsRead) {
    const test::ChangedPmus changed("imx6q");
    const fs::path devices = changed.root() / "sys/bus/event_source/devices";
    fs::create_directories(changed.root() / "sys/devices");
    fs::rename(devices / "mmdc0", changed.root() / "sys/devices/mmdc0");
    fs::create_directory_symlink("../../../devices/mmdc0", devices / "mmdc0");
    EXPECT_TRUE(read_pmu(changed.root(), "mmdc0"));
}

TEST(Pmu, ThatLeadsOutOfSysfsIsEinval) {
    const test::ChangedPmus changed("imx6q");
    const fs::path devices = changed.root() / "sys/bus/event_source/devices";
    fs::rename(devices / "mmdc0", changed.root() / "mmdc0");
    fs::create_directory_symlink("../../../../mmdc0", devices / "mmdc0");
    const auto pmu = read_pmu(changed.root(), "mmdc0");
    ASSERT_FALSE(pmu);
    EXPECT_EQ(pmu.error().code, EINVAL);
    EXPECT_EQ(pmu.error().hint, "It is no directory of this sysfs.");
}

struct Broken {
    std::string file;
    std::string content;
    int code;
    std::string why;
};

class BrokenPmu : public testing::TestWithParam<Broken> {};

TEST_P(BrokenPmu, IsRefusedWithTheFileAndTheReason) {
    const test::ChangedPmus changed("lab-board");
    changed.write("lab_ddr/" + GetParam().file, GetParam().content);
    const auto pmu = read_pmu(changed.root(), "lab_ddr");
    ASSERT_FALSE(pmu);
    EXPECT_EQ(pmu.error().code, GetParam().code);
    EXPECT_TRUE(pmu.error().subject.ends_with("lab_ddr/" + GetParam().file)) << pmu.error().subject;
    EXPECT_EQ(pmu.error().hint, GetParam().why);
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenPmu,
    testing::Values(
        Broken{"type", "x\n", EINVAL, "\"x\" is no unsigned decimal number."},
        Broken{"type", "4294967296\n", ERANGE, "It does not fit the 32 bits of a type."},
        Broken{"cpumask", "\n", EINVAL, "It is empty."},
        Broken{"cpumask", "0-\n", EINVAL, "\"0-\" is no CPU and no range of CPUs."},
        Broken{"cpumask", "3-0\n", EINVAL, "\"3-0\" is no CPU and no range of CPUs."},
        Broken{"cpumask", "16384\n", ERANGE, "\"16384\" is more than any CPU's number."},
        Broken{"identifier", "a\nb\n", EINVAL, "It has more than one line."},
        Broken{"events/empty", "", EINVAL, "It is empty."},
        Broken{"format/event", "one\ntwo\n", EINVAL, "It has more than one line."},
        Broken{"regions/first", "a\n", EINVAL, "The name is no number of a region."}));

TEST(Pmu, WithoutATypeOrACpumaskIsEnoent) {
    for (const char* const file : {"type", "cpumask"}) {
        const test::ChangedPmus changed("imx6q");
        changed.remove(std::string("mmdc0/") + file);
        const auto pmu = read_pmu(changed.root(), "mmdc0");
        ASSERT_FALSE(pmu);
        EXPECT_EQ(pmu.error().code, ENOENT);
        EXPECT_TRUE(pmu.error().subject.ends_with(file));
    }
}

TEST(Pmu, WithTooManyFilesIsE2big) {
    const test::ChangedPmus changed("imx6q");
    for (std::size_t i = 0; i <= max_pmu_files; ++i)
        changed.write("mmdc0/format/x" + std::to_string(i), "config:0\n");
    EXPECT_EQ(read_pmu(changed.root(), "mmdc0").error().code, E2BIG);
}

TEST(CpuList, HasEachCpuOnceInOrder) {
    EXPECT_EQ(parse_cpu_list("0"), std::vector{0});
    EXPECT_EQ(parse_cpu_list("8,0-2,1"), (std::vector{0, 1, 2, 8}));
    EXPECT_EQ(parse_cpu_list("16383"), std::vector{16383});
}

} // namespace
} // namespace heapsel::bandwidth
