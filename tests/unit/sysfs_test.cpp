// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/sysfs.hpp"

#include <gtest/gtest.h>

#include "temporary_folder.hpp"

namespace heapsel {
namespace {

TEST(CmaAreas, AreNoneWithoutTheFolder) {
    const test::TemporaryFolder root;
    EXPECT_TRUE(read_cma_areas(root.path()).empty());
}

TEST(CmaAreas, HaveTheirNamesAndCounts) {
    const test::TemporaryFolder root;
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
        const test::TemporaryFolder root;
        root.write("sys/kernel/mm/cma/a/total_pages", bad);
        const auto areas = read_cma_areas(root.path());
        ASSERT_EQ(areas.size(), 1U);
        EXPECT_EQ(areas[0].total_pages, std::nullopt) << bad;
    }
}

TEST(CmaAreas, AFileAmongTheFoldersIsNoArea) {
    const test::TemporaryFolder root;
    root.write("sys/kernel/mm/cma/file");
    EXPECT_TRUE(read_cma_areas(root.path()).empty());
}

} // namespace
} // namespace heapsel
