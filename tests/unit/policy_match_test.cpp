// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_file.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

const PolicyTarget decoder{.driver = "rkvdec",
                           .card = "Decoder 0",
                           .nodes = {"/dev/v4l/by-path/decoder", "/dev/video1", "video1"},
                           .use = "frame",
                           .queue = Queue::capture};
const PolicyTarget display{.driver = "rockchip",
                           .card = {},
                           .nodes = {"/dev/dri/card0", "card0"},
                           .use = "frame",
                           .queue = std::nullopt};

Policy policy_of(std::string_view text, std::vector<PolicyTarget> targets) {
    const auto file = parse_policy(text, "p.toml");
    EXPECT_TRUE(file);
    Policy policy;
    if (file)
        apply(*file, targets, policy);
    return policy;
}

std::string heap_of(std::string_view text, const PolicyTarget& target) {
    return policy_of(text, {target}).heap.value_or("-");
}

/// Each of these is over all that stand before it, whatever their lines are.
const std::vector<std::string> from_far_to_close{"default",
                                                 "default.use.frame",
                                                 "default.use.capture",
                                                 "device.rkvdec",
                                                 "device.rkvdec.use.frame",
                                                 "device.rkvdec.use.capture",
                                                 "device.\"Decoder 0\"",
                                                 "device.\"Decoder 0\".use.frame",
                                                 "device.\"Decoder 0\".use.capture",
                                                 "device.\"/dev/video1\"",
                                                 "device.\"/dev/video1\".use.frame",
                                                 "device.\"/dev/video1\".use.capture"};

TEST(PolicyMatch, TheCloserTableIsOverTheOtherInAnyOrderOfLines) {
    for (std::size_t far = 0; far < from_far_to_close.size(); ++far) {
        for (std::size_t close = far + 1; close < from_far_to_close.size(); ++close) {
            const std::string a = from_far_to_close[far] + ".heap = \"far\"\n";
            const std::string b = from_far_to_close[close] + ".heap = \"close\"\n";
            EXPECT_EQ(heap_of(a + b, decoder), "close") << a << b;
            EXPECT_EQ(heap_of(b + a, decoder), "close") << b << a;
        }
    }
}

TEST(PolicyMatch, OfEqualsTheLaterLineIsOverTheOther) {
    const std::string node = "device.\"/dev/video1\".heap = \"node\"\n";
    const std::string link = "device.\"/dev/v4l/by-path/decoder\".heap = \"link\"\n";
    EXPECT_EQ(heap_of(node + link, decoder), "link");
    EXPECT_EQ(heap_of(link + node, decoder), "node");
}

TEST(PolicyMatch, WhatIsSaidOfAnotherDeviceOrMemoryDoesNotCount) {
    for (const char* const of :
         {"device.hantro", "device.\"/dev/video0\"", "device.video10", "device.\"decoder 0\"",
          "default.use.output", "default.use.reference", "device.rkvdec.use.output",
          "device.rkvdec.use.metadata"})
        EXPECT_EQ(heap_of(std::string(of) + ".heap = \"x\"\n", decoder), "-") << of;
    PolicyTarget reference = decoder;
    reference.use = "reference";
    reference.queue.reset();
    EXPECT_EQ(heap_of("default.use.frame.heap = \"x\"\n", reference), "-");
    EXPECT_EQ(heap_of("default.use.reference.heap = \"x\"\n", reference), "x");
    EXPECT_EQ(heap_of("default.use.capture.heap = \"x\"\n", display), "-");
    EXPECT_EQ(heap_of("device.card0.heap = \"x\"\n", display), "x");
}

TEST(PolicyMatch, ADeviceOfWhichNothingIsKnownHasTheDefault) {
    EXPECT_EQ(heap_of("default.heap = \"x\"\ndevice.rkvdec.heap = \"y\"\n", {}), "x");
}

TEST(PolicyMatch, WithoutADeviceOnlyTheDefaultCounts) {
    const Policy policy = policy_of("default.heap = \"x\"\ndefault.use.frame.size = 1\n"
                                    "device.rkvdec.udmabuf = true\n",
                                    {});
    EXPECT_EQ(policy.heap, "x");
    EXPECT_EQ(policy.size, 0U);
    EXPECT_FALSE(policy.udmabuf);
}

TEST(PolicyMatch, OfSeveralDevicesRequirementsAddUpAndTheFirstDecidesTheRest) {
    constexpr std::string_view text = "[device.rkvdec]\nheap = \"a\"\nrequire = [\"contiguous\"]\n"
                                      "[device.rockchip]\nheap = \"b\"\nrequire = [\"uncached\"]\n"
                                      "size = 4096\n"
                                      "[default]\nsize = 1\n";
    const Policy policy = policy_of(text, {decoder, display});
    EXPECT_EQ(policy.heap, "a");
    EXPECT_EQ(policy.origin.heap, "p.toml:2");
    EXPECT_EQ(policy.size, 4096U);
    EXPECT_EQ(policy.require,
              (std::vector<Criterion>{{.trait = Trait::cached, .wanted = false},
                                      {.trait = Trait::contiguous, .wanted = true}}));
    EXPECT_EQ(policy.origin.require, (std::vector<std::string>{"p.toml:6", "p.toml:3"}));
    EXPECT_EQ(policy_of(text, {display, decoder}).heap, "b");
}

} // namespace
} // namespace heapsel
