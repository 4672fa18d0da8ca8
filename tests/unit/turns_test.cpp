// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Whose turn it is between the camera and the display of examples/camera-to-display.

#include "../../examples/camera-to-display/turns.hpp"

#include <gtest/gtest.h>

namespace example {
namespace {

constexpr auto none = std::nullopt;

TEST(Turns, ABufferGoesBackOnlyAfterTheFlipToTheNextOne) {
    Turns turns;
    EXPECT_EQ(turns.captured(0), none);
    EXPECT_EQ(turns.next(), 0U);
    EXPECT_EQ(turns.flipped(), none);
    EXPECT_EQ(turns.captured(1), none);
    EXPECT_EQ(turns.next(), 1U);
    EXPECT_EQ(turns.flipped(), 0U);
    EXPECT_TRUE(turns.at_rest());
}

TEST(Turns, TheDisplayGetsOneAtATime) {
    Turns turns;
    EXPECT_EQ(turns.captured(0), none);
    EXPECT_EQ(turns.next(), 0U);
    EXPECT_EQ(turns.captured(1), none);
    EXPECT_EQ(turns.next(), none);
    EXPECT_EQ(turns.going(), 0U);
    EXPECT_FALSE(turns.at_rest());
}

TEST(Turns, OfTwoThatWaitTheOlderIsDropped) {
    Turns turns;
    EXPECT_EQ(turns.captured(0), none);
    EXPECT_EQ(turns.next(), 0U);
    EXPECT_EQ(turns.captured(1), none);
    EXPECT_EQ(turns.captured(2), 1U);
    EXPECT_EQ(turns.flipped(), none);
    EXPECT_EQ(turns.next(), 2U);
    EXPECT_EQ(turns.flipped(), 0U);
}

TEST(Turns, NothingIsNextWhereNothingWaits) {
    Turns turns;
    EXPECT_EQ(turns.next(), none);
    EXPECT_EQ(turns.going(), none);
    EXPECT_TRUE(turns.at_rest());
}

} // namespace
} // namespace example
