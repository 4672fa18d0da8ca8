// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/camera.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "c_handle.hpp"
#include "temporary_folder.hpp"

namespace heapsel {
namespace {

using test::calling;
using Numbers = std::vector<std::int64_t>;

std::int64_t number(unsigned minor_number) {
    constexpr unsigned video4linux = 81;
    return static_cast<std::int64_t>(makedev(video4linux, minor_number));
}

/// Two video nodes, 81:0 and 81:5, neither of which can be asked.
class CApiCamera : public testing::Test {
  protected:
    CApiCamera() {
        for (const char* const minor_number : {"0", "5"}) {
            const std::string node = std::string("video") + minor_number;
            folder_.write("dev/" + node);
            folder_.write("sys/class/video4linux/" + node + "/dev",
                          std::string("81:") + minor_number + "\n");
        }
    }

    /// What the call comes to. Every place is something else than NULL before.
    std::string find(const Numbers& numbers) {
        found_ = numbers.size() + 7;
        std::vector<heapsel_consumer*> made(numbers.size(),
                                            reinterpret_cast<heapsel_consumer*>(&found_));
        auto said = calling(heapsel_consumers_of_devices, numbers.data(), numbers.size(),
                            folder_.path().c_str(), made.data(), &found_);
        consumers_.clear();
        for (heapsel_consumer* const consumer : made)
            consumers_.emplace_back(consumer);
        return said;
    }

    test::TemporaryFolder folder_;
    std::vector<test::OwnedConsumer> consumers_;
    std::size_t found_ = 0;
};

TEST_F(CApiCamera, ItsDevicesAreConsumersInTheOrderOfTheirNumbers) {
    EXPECT_EQ(find({number(5), number(0)}), "0");
    ASSERT_EQ(found_, 2U);
    EXPECT_STREQ(heapsel_consumer_name(consumers_[0].get()), "/dev/video5 frame");
    EXPECT_STREQ(heapsel_consumer_name(consumers_[1].get()), "/dev/video0 frame");
    EXPECT_FALSE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(consumers_[0].get())));
}

TEST_F(CApiCamera, WhatIsNoVideoNodeLeavesAPlaceFreeAtTheEnd) {
    EXPECT_EQ(find({number(2), number(0), -1}), "0");
    ASSERT_EQ(found_, 1U);
    EXPECT_STREQ(heapsel_consumer_name(consumers_[0].get()), "/dev/video0 frame");
    EXPECT_EQ(consumers_[1], nullptr);
    EXPECT_EQ(consumers_[2], nullptr);
}

TEST_F(CApiCamera, HowManyThereAreNeedsNoPlace) {
    const std::int64_t one = number(0);
    heapsel_consumer* made = nullptr;
    EXPECT_EQ(
        calling(heapsel_consumers_of_devices, &one, 1U, folder_.path().c_str(), &made, nullptr),
        "0");
    const test::OwnedConsumer consumer(made);
    EXPECT_NE(consumer, nullptr);
}

TEST_F(CApiCamera, OfWhichNothingCapturesIsEnodev) {
    EXPECT_EQ(find({number(2), number(77)}),
              "cannot find what captures behind these devices (81:2, 81:77): No such device. None "
              "of the numbers is of a V4L2 device that captures.");
    EXPECT_EQ(found_, 0U);
    EXPECT_EQ(consumers_[0], nullptr);
    EXPECT_EQ(consumers_[1], nullptr);
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(
        heapsel_consumers_of_devices(nullptr, 0, folder_.path().c_str(), &none, nullptr, nullptr),
        -ENODEV);
}

TEST_F(CApiCamera, ANumberMayNotBeNull) {
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(
        calling(heapsel_consumers_of_devices, nullptr, 1U, folder_.path().c_str(), &none, nullptr),
        "cannot call heapsel_consumers_of_devices (numbers): Invalid argument. It must not be "
        "NULL.");
    const std::int64_t one = number(0);
    EXPECT_EQ(
        calling(heapsel_consumers_of_devices, &one, 1U, folder_.path().c_str(), nullptr, nullptr),
        "cannot call heapsel_consumers_of_devices (consumers): Invalid argument. It must not "
        "be NULL.");
}

} // namespace
} // namespace heapsel
