// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/nearest_name.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

const std::vector<std::string> names{"default_cma_region", "reserved", "system", "video@50000000"};

TEST(NearestName, FindsATransposition) {
    EXPECT_EQ(nearest_name("resevred", names), "reserved");
}

TEST(NearestName, FindsANameByAPartOfIt) {
    EXPECT_EQ(nearest_name("cma", names), "default_cma_region");
    EXPECT_EQ(nearest_name("video", names), "video@50000000");
}

TEST(NearestName, TheExactNameWins) {
    EXPECT_EQ(nearest_name("system", names), "system");
}

TEST(NearestName, IsEmptyWhereNothingIsNear) {
    EXPECT_EQ(nearest_name("qzx", names), "");
    EXPECT_EQ(nearest_name("", names), "");
    EXPECT_EQ(nearest_name("system", {}), "");
}

TEST(Suggestion, NamesTheNearestAndListsAll) {
    const std::vector<std::string> two{"reserved", "system"};
    EXPECT_EQ(suggestion("sytem", two), "Did you mean system? There are: reserved, system.");
    EXPECT_EQ(suggestion("qzx", two), "There are: reserved, system.");
}

TEST(Suggestion, IsPrintable) {
    const std::vector<std::string> odd{"\x1b[31mred"};
    EXPECT_EQ(suggestion("red", odd), "Did you mean \\x1b[31mred? There are: \\x1b[31mred.");
}

} // namespace
} // namespace heapsel
