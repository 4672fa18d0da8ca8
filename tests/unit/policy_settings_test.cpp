// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_settings.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "selecting.hpp"

namespace heapsel {
namespace {

using test::cached;
using test::contiguous;

constexpr Criterion scattered{.trait = Trait::contiguous, .wanted = false};

/// A policy in which everything is set, by the caller.
Policy full() {
    Policy policy;
    policy.require = {contiguous};
    policy.prefer = {cached};
    policy.heap = "system";
    policy.size = 1;
    policy.fallback = Fallback::none;
    policy.udmabuf = true;
    return policy;
}

TEST(ApplySettings, WhatTheyDoNotSpeakOfStays) {
    Policy policy = full();
    apply({}, policy);
    EXPECT_EQ(policy.require, full().require);
    EXPECT_EQ(policy.prefer, full().prefer);
    EXPECT_EQ(policy.heap, full().heap);
    EXPECT_EQ(policy.size, full().size);
    EXPECT_EQ(policy.fallback, full().fallback);
    EXPECT_EQ(policy.udmabuf, full().udmabuf);
    EXPECT_TRUE(policy.origin.require.empty());
    EXPECT_EQ(policy.origin.heap, "");
}

TEST(ApplySettings, WhatTheySpeakOfIsReplacedWithItsOrigin) {
    Policy policy = full();
    apply({.require = {},
           .prefer = Sourced(std::vector<Criterion>(), "a"),
           .heap = Sourced<std::string>("cma", "b"),
           .size = Sourced(std::uint64_t{2}, "c"),
           .fallback = Sourced(Fallback::any, "d"),
           .udmabuf = Sourced(false, "e")},
          policy);
    EXPECT_TRUE(policy.prefer.empty());
    EXPECT_EQ(policy.origin.prefer, "a");
    EXPECT_EQ(policy.heap, "cma");
    EXPECT_EQ(policy.origin.heap, "b");
    EXPECT_EQ(policy.size, 2U);
    EXPECT_EQ(policy.origin.size, "c");
    EXPECT_EQ(policy.fallback, Fallback::any);
    EXPECT_EQ(policy.origin.fallback, "d");
    EXPECT_FALSE(policy.udmabuf);
    EXPECT_EQ(policy.origin.udmabuf, "e");
}

TEST(ApplySettings, RequirementsAddUpAndKeepTheirFirstOrigin) {
    Policy policy = full();
    PolicySettings settings;
    settings.require = {{.value = contiguous, .from = "a"}, {.value = cached, .from = "b"}};
    apply(settings, policy);
    settings.require = {{.value = cached, .from = "c"}, {.value = scattered, .from = "d"}};
    apply(settings, policy);
    EXPECT_EQ(policy.require, (std::vector{contiguous, cached, scattered}));
    EXPECT_EQ(policy.origin.require, (std::vector<std::string>{"", "b", "d"}));
}

} // namespace
} // namespace heapsel
