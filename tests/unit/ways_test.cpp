// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/way.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

#include <gtest/gtest.h>

#include "bandwidth/run/frame_source.hpp"
#include "bandwidth/run/schedule.hpp"

namespace heapsel::bandwidth {
namespace {

using Names = std::vector<std::string>;

const std::vector<UseHeaps> decoder{{.use = "frame", .heaps = {"a", "b"}},
                                    {.use = "reference", .heaps = {"a"}}};

Names names_of(const Result<std::vector<Way>>& ways) {
    Names names;
    if (ways)
        std::ranges::transform(*ways, std::back_inserter(names), &Way::name);
    return names;
}

Error error_of(const WayWishes& wishes, const std::vector<UseHeaps>& bindable = decoder) {
    return plan_ways(bindable, wishes).error_or(Error{});
}

TEST(Ways, OfNoWishesAreEachUseAloneInEachHeapAndAllInThoseThatSuitAll) {
    EXPECT_EQ(names_of(plan_ways(decoder, {})),
              (Names{"unbound", "frame a", "reference a", "all a", "frame b"}));
}

TEST(Ways, BindWhatTheirNamesSay) {
    const auto ways = plan_ways(decoder, {});
    ASSERT_TRUE(ways);
    EXPECT_TRUE((*ways)[0].bindings.empty());
    EXPECT_FALSE((*ways)[0].as_it_is);
    EXPECT_EQ((*ways)[3].bindings, (std::vector<UseHeaps>{{.use = "frame", .heaps = {"a"}},
                                                          {.use = "reference", .heaps = {"a"}}}));
}

TEST(Ways, OfOneUseHaveNoAll) {
    EXPECT_EQ(names_of(plan_ways(decoder, {.uses = {"frame"}, .heaps = {"b"}, .named = {}})),
              (Names{"unbound", "frame b"}));
}

TEST(Ways, ThatAreNamedComeAloneOrBehindThoseOfLists) {
    const Way mine{.name = "mine", .bindings = {{.use = "frame", .heaps = {"b"}}}};
    EXPECT_EQ(names_of(plan_ways(decoder, {.uses = {}, .heaps = {}, .named = {mine}})),
              (Names{"unbound", "mine"}));
    EXPECT_EQ(names_of(plan_ways(decoder, {.uses = {}, .heaps = {"b"}, .named = {mine}})),
              (Names{"unbound", "frame b", "mine"}));
}

TEST(Ways, WithNothingToBindAreAsItIs) {
    const auto ways = plan_ways({}, {});
    ASSERT_EQ(names_of(ways), Names{"as it is"});
    EXPECT_TRUE(ways->front().as_it_is);
    const Error wished = error_of({.uses = {"frame"}, .heaps = {}, .named = {}}, {});
    EXPECT_EQ(wished.code, ENOTSUP);
    EXPECT_TRUE(wished.hint.starts_with("Nothing of the device can be bound"));
}

TEST(Ways, OfWhatTheDeviceDoesNotHaveAreEnoentAndSayWhatItHas) {
    const Error use = error_of({.uses = {"motion"}, .heaps = {}, .named = {}});
    EXPECT_EQ(use.code, ENOENT);
    EXPECT_EQ(use.subject, "motion");
    EXPECT_EQ(use.hint, "The device has the uses frame, reference.");
    const Error heap = error_of({.uses = {"reference"}, .heaps = {"b"}, .named = {}});
    EXPECT_EQ(heap.code, ENOENT);
    EXPECT_EQ(heap.hint, "For that the device can use the heaps a.");
    const Way mine{.name = "mine", .bindings = {{.use = "reference", .heaps = {"b"}}}};
    EXPECT_EQ(error_of({.uses = {}, .heaps = {}, .named = {mine}}).subject, "b");
}

TEST(Ways, OfOneNameAreEinval) {
    const Way mine{.name = "unbound", .bindings = {{.use = "frame", .heaps = {"b"}}}};
    EXPECT_EQ(error_of({.uses = {}, .heaps = {}, .named = {mine}}).code, EINVAL);
}

TEST(Way, IsReadFromNameUsesAndHeaps) {
    const auto way = parse_way("best=frame:nonecc@58000000,reference:a,frame:system");
    ASSERT_TRUE(way) << way.error().message();
    EXPECT_EQ(way->name, "best");
    EXPECT_EQ(way->bindings,
              (std::vector<UseHeaps>{{.use = "frame", .heaps = {"nonecc@58000000", "system"}},
                                     {.use = "reference", .heaps = {"a"}}}));
}

TEST(Way, ThatIsNoneIsEinvalAndSaysWhy) {
    for (const char* const text : {"", "best", "=frame:a", "best=", "best=frame",
                                   "best=frame:", "best=:a", "best=frame:a,", "best=../x:a"}) {
        const auto way = parse_way(text);
        ASSERT_FALSE(way) << text;
        EXPECT_EQ(way.error().code, EINVAL) << text;
        EXPECT_FALSE(way.error().hint.empty()) << text;
    }
}

TEST(Schedule, GoesForthAndBack) {
    const std::vector<Step> expected{
        {.round = 0, .way = 0, .pass = 0}, {.round = 0, .way = 0, .pass = 1},
        {.round = 0, .way = 1, .pass = 0}, {.round = 0, .way = 1, .pass = 1},
        {.round = 1, .way = 1, .pass = 1}, {.round = 1, .way = 1, .pass = 0},
        {.round = 1, .way = 0, .pass = 1}, {.round = 1, .way = 0, .pass = 0}};
    EXPECT_EQ(schedule(2, 2, 2, Order::abba), expected);
}

TEST(Schedule, OrAlwaysForth) {
    const auto steps = schedule(3, 1, 2, Order::abab);
    ASSERT_EQ(steps.size(), 6U);
    EXPECT_EQ(steps[3].way, 0U);
    EXPECT_EQ(steps[5], (Step{.round = 1, .way = 2, .pass = 0}));
}

TEST(FrameSource, IsTheKernelOrTheUser) {
    EXPECT_EQ(parse_frame_source("v4l2"), FrameSource{});
    EXPECT_EQ(parse_frame_source("count:300"), FrameSource{.given = 300});
    EXPECT_EQ(describe({.given = 300}), "given by the user, not counted");
}

TEST(FrameSource, ThatIsNoneIsAnErrorAndSaysWhatThereIs) {
    for (const char* const text : {"", "count:", "count:0", "count:-1", "count:3x", "stdin"}) {
        const auto source = parse_frame_source(text);
        ASSERT_FALSE(source) << text;
        EXPECT_EQ(source.error().code, EINVAL) << text;
        EXPECT_TRUE(source.error().hint.contains("count:N")) << text;
    }
    EXPECT_EQ(parse_frame_source("count:99999999999999999999").error().code, ERANGE);
}

} // namespace
} // namespace heapsel::bandwidth
