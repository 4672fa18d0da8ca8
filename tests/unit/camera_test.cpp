// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/camera.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Names = std::vector<std::string>;

/// Two video nodes, 81:0 and 81:5, neither of which can be asked.
class Camera : public testing::Test {
  protected:
    Camera() {
        add("video0", "81:0\n");
        add("video5", "81:5\n");
        add("v4l-subdev0", "81:2\n");
    }

    void add(const std::string& node, const std::string& number) {
        directory_.write("dev/" + node);
        directory_.write("sys/class/video4linux/" + node + "/dev", number);
    }

    [[nodiscard]] Result<std::vector<Consumer>>
    find(const std::vector<std::int64_t>& numbers) const {
        return consumers_of_devices(numbers, directory_.path());
    }

    test::TemporaryDirectory directory_;
};

std::int64_t number(unsigned minor_number) {
    constexpr unsigned video4linux = 81;
    return static_cast<std::int64_t>(makedev(video4linux, minor_number));
}

Names names(const std::vector<Consumer>& consumers) {
    Names names;
    for (const Consumer& consumer : consumers)
        names.push_back(consumer.name());
    return names;
}

TEST_F(Camera, ItsDevicesAreConsumersInTheOrderOfTheirNumbers) {
    const auto consumers = find({number(5), number(0)});
    ASSERT_TRUE(consumers);
    EXPECT_EQ(names(*consumers), (Names{"/dev/video5 frame", "/dev/video0 frame"}));
    EXPECT_FALSE(consumers->front().usable()->known());
}

TEST_F(Camera, WhatIsNoVideoNodeIsPassedOver) {
    const auto consumers = find({number(2), number(0), number(77), -1});
    ASSERT_TRUE(consumers);
    EXPECT_EQ(names(*consumers), Names{"/dev/video0 frame"});
}

TEST_F(Camera, OfWhichNothingCapturesIsEnodev) {
    const auto consumers = find({number(2), number(77)});
    ASSERT_FALSE(consumers);
    EXPECT_EQ(consumers.error().message(),
              "cannot find what captures behind these devices (81:2, 81:77): No such device. None "
              "of the numbers is of a V4L2 device that captures.");
    EXPECT_EQ(find({}).error().code, ENODEV);
}

} // namespace
} // namespace heapsel
