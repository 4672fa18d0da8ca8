// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/pattern.hpp"

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(Pattern, WithoutAStarIsTheTextItself) {
    EXPECT_TRUE(fits("cma", "cma"));
    EXPECT_FALSE(fits("cma", "cma-uncached"));
    EXPECT_FALSE(fits("cma", "linux,cma"));
    EXPECT_TRUE(fits("", ""));
}

TEST(Pattern, AStarStandsForAnyText) {
    EXPECT_TRUE(fits("carveout_*", "carveout_video"));
    EXPECT_TRUE(fits("carveout_*", "carveout_"));
    EXPECT_FALSE(fits("carveout_*", "carveout"));
    EXPECT_TRUE(fits("*-uncached", "system-uncached"));
    EXPECT_FALSE(fits("*-uncached", "system-uncached-dma32"));
    EXPECT_TRUE(fits("*", ""));
}

TEST(Pattern, SeveralStarsFitInTheirOrder) {
    EXPECT_TRUE(fits("*-rockchip*", "6.1.75-rockchip-standard"));
    EXPECT_TRUE(fits("6.*-rt*-x", "6.1-rt1-rt2-x"));
    EXPECT_FALSE(fits("*-a-*-b-*", "1-b-2-a-3"));
    EXPECT_FALSE(fits("a*aa", "aa"));
    EXPECT_TRUE(fits("**", "x"));
}

TEST(Pattern, OneStarStandsForWhatIsLeft) {
    EXPECT_EQ(star_in("carveout_*", "carveout_video@5"), "video@5");
    EXPECT_EQ(star_in("a*b", "ab"), "");
    EXPECT_EQ(star_in("cma", "cma"), std::nullopt);
    EXPECT_EQ(star_in("*-*", "a-b"), std::nullopt);
}

} // namespace
} // namespace heapsel
