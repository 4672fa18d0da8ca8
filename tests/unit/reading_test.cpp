// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/reading.hpp"

#include <array>
#include <cerrno>
#include <cmath>

#include <gtest/gtest.h>

#include "bandwidth/run/spread.hpp"

namespace heapsel::bandwidth {
namespace {

const std::vector<MemoryEvent> events{
    {.pmu = "ddr", .words = "read-bytes", .of = {}, .source = {}},
    {.pmu = "ddr", .words = "write-bytes", .of = {}, .source = {}}};
const Reading before{.enabled_ns = 100, .running_ns = 100, .counts = {5, 7}};

Error error_of(const Reading& after) {
    return between(before, after, events).error_or(Error{});
}

TEST(Reading, BetweenTwoIsTheirDifference) {
    const auto difference =
        between(before, {.enabled_ns = 300, .running_ns = 300, .counts = {6, 17}}, events);
    ASSERT_TRUE(difference);
    EXPECT_EQ(*difference, (Reading{.enabled_ns = 200, .running_ns = 200, .counts = {1, 10}}));
}

TEST(Reading, ThatWasNotCountedAllTheTimeIsAnErrorAndNoScaledNumber) {
    const Error error = error_of({.enabled_ns = 300, .running_ns = 299, .counts = {6, 17}});
    EXPECT_EQ(error.code, EBUSY);
    EXPECT_EQ(error.subject, "ddr/read-bytes/");
    EXPECT_TRUE(error.hint.starts_with("It was counted for 199 of 200 ns only"));
}

TEST(Reading, ThatWasNotCountedAtAllIsEnodata) {
    EXPECT_EQ(error_of({.enabled_ns = 300, .running_ns = 100, .counts = {5, 7}}).code, ENODATA);
    EXPECT_EQ(error_of(before).code, ENODATA);
}

TEST(Reading, ThatRanBackwardsIsEoverflowAndNamesTheEvent) {
    const Error error = error_of({.enabled_ns = 300, .running_ns = 300, .counts = {6, 6}});
    EXPECT_EQ(error.code, EOVERFLOW);
    EXPECT_EQ(error.subject, "ddr/write-bytes/");
    EXPECT_TRUE(error.hint.starts_with("The count ran backwards, from 7 to 6"));
    EXPECT_EQ(error_of({.enabled_ns = 99, .running_ns = 99, .counts = {6, 8}}).code, EOVERFLOW);
}

TEST(Reading, OfAnotherNumberOfCountsIsEproto) {
    EXPECT_EQ(error_of({.enabled_ns = 300, .running_ns = 300, .counts = {6}}).code, EPROTO);
}

TEST(Spread, IsMeanAndTheSamplesDeviation) {
    const auto spread = spread_of(std::array{2.0, 4.0, 9.0});
    ASSERT_TRUE(spread);
    EXPECT_DOUBLE_EQ(spread->mean, 5);
    EXPECT_DOUBLE_EQ(spread->deviation.value_or(0), std::sqrt(13.0));
    EXPECT_EQ(spread->runs, 3U);
}

TEST(Spread, OfOneValueHasNoDeviationAndOfNoneIsNothing) {
    EXPECT_EQ(spread_of(std::array{3.0}), (Spread{.mean = 3, .deviation = {}, .runs = 1}));
    EXPECT_EQ(spread_of({}), std::nullopt);
}

} // namespace
} // namespace heapsel::bandwidth
