// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/sysfs.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "heaps/machine.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

TEST(CmaAreas, AreNoneWithoutTheDirectory) {
    const test::TemporaryDirectory root;
    EXPECT_TRUE(read_cma_areas(root.path()).empty());
}

TEST(CmaAreas, HaveTheirNamesAndCounts) {
    const test::TemporaryDirectory root;
    root.write("sys/kernel/mm/cma/video@50000000/total_pages", "16384\n");
    root.write("sys/kernel/mm/cma/video@50000000/available_pages", "12000\n");
    root.write("sys/kernel/mm/cma/reserved/total_pages", "8192");
    const auto areas = read_cma_areas(root.path());
    ASSERT_EQ(areas.size(), 2U);
    EXPECT_EQ(areas[0].name, "reserved");
    EXPECT_EQ(areas[0].total_pages, 8192U);
    EXPECT_EQ(areas[0].available_pages, std::nullopt);
    EXPECT_EQ(areas[1].name, "video@50000000");
    EXPECT_EQ(areas[1].available_pages, 12000U);
}

TEST(CmaAreas, ACountThatIsNoNumberIsLeftOut) {
    for (const char* const bad : {"", "x", "12 34", "-1", "99999999999999999999999", "12\n\n"}) {
        const test::TemporaryDirectory root;
        root.write("sys/kernel/mm/cma/a/total_pages", bad);
        const auto areas = read_cma_areas(root.path());
        ASSERT_EQ(areas.size(), 1U);
        EXPECT_EQ(areas[0].total_pages, std::nullopt) << bad;
    }
}

TEST(CmaAreas, AFileAmongTheDirectoriesIsNoArea) {
    const test::TemporaryDirectory root;
    root.write("sys/kernel/mm/cma/file");
    EXPECT_TRUE(read_cma_areas(root.path()).empty());
}

TEST(Pages, ThatAreNoPossibleNumberOfBytesAreUnknown) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(in_bytes(3, 4096), 12288U);
    EXPECT_EQ(in_bytes(most / 4096, 4096), most - 4095);
    EXPECT_EQ(in_bytes(most / 4096 + 1, 4096), std::nullopt);
    EXPECT_EQ(in_bytes(std::nullopt, 4096), std::nullopt);
}

TEST(CmaAreas, OfNoPossibleSizeHaveNone) {
    Machine machine;
    machine.page_size = 4096;
    machine.cma_areas = {{.name = "a", .total_pages = 16384, .available_pages = std::nullopt},
                         {.name = "b",
                          .total_pages = std::numeric_limits<std::uint64_t>::max(),
                          .available_pages = std::nullopt}};
    EXPECT_EQ(machine.area_size("a"), 64U << 20U);
    EXPECT_EQ(machine.area_size("b"), std::nullopt);
}

} // namespace
} // namespace heapsel
