// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/camera.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <sys/sysmacros.h>

#include <drm/drm_fourcc.h>

#include "devices/stream_nodes.hpp"
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

    [[nodiscard]] Result<StreamConsumers> find(const std::vector<std::int64_t>& numbers) const {
        return consumers_of_stream({.devices = numbers}, directory_.path());
    }

    test::TemporaryDirectory directory_;
};

std::int64_t number(unsigned minor_number) {
    constexpr unsigned video4linux = 81;
    return static_cast<std::int64_t>(makedev(video4linux, minor_number));
}

Names names(const StreamConsumers& stream) {
    Names names;
    for (const ParsedConsumer& parsed : stream.consumers)
        names.push_back(parsed.consumer.name());
    return names;
}

TEST_F(Camera, WhoseNodesCannotBeAskedIsAllOfThemInTheOrderOfTheirNumbers) {
    const auto stream = find({number(5), number(0)});
    ASSERT_TRUE(stream);
    EXPECT_EQ(stream->filled_by, FilledBy::unknown);
    EXPECT_EQ(names(*stream), (Names{"/dev/video5 frame", "/dev/video0 frame"}));
    EXPECT_FALSE(stream->consumers.front().consumer.usable()->known());
    EXPECT_EQ(stream->consumers.front().target.nodes.front(), "/dev/video5");
    EXPECT_EQ(stream->buffers, 1U);
}

TEST_F(Camera, WhatIsNoVideoNodeIsPassedOver) {
    const auto stream = find({number(2), number(0), number(77), -1});
    ASSERT_TRUE(stream);
    EXPECT_EQ(names(*stream), Names{"/dev/video0 frame"});
}

TEST_F(Camera, OfWhichNothingCapturesIsEnodev) {
    const auto stream = find({number(2), number(77)});
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().message(),
              "cannot find what captures behind these devices (81:2, 81:77): No such device. None "
              "of the numbers is of a V4L2 device that captures.");
}

TEST_F(Camera, ThatIsNoDeviceIsFilledByTheCpuWhichWantsCachedMemory) {
    const auto stream = find({});
    ASSERT_TRUE(stream);
    EXPECT_EQ(stream->filled_by, FilledBy::cpu);
    ASSERT_EQ(stream->consumers.size(), 1U);
    const Requirement& needs = stream->consumers.front().consumer.requirement();
    EXPECT_EQ(needs.criteria, (std::vector<Criterion>{{.trait = Trait::cached, .wanted = true}}));
}

// --- which of its nodes

/// A node that captures frames of 640x480.
VideoDevice node(const std::string& name, std::uint32_t pixel_format, std::uint32_t stride,
                 Queue queue = Queue::capture) {
    VideoDevice device;
    device.name = name;
    VideoMemory memory;
    memory.queue = queue;
    memory.format = VideoFormat{
        .pixel_format = pixel_format, .width = 640, .height = 480, .stride = stride, .buffers = 1};
    device.memories = {memory};
    return device;
}

Names filling(const std::vector<VideoDevice>& devices, const CameraStream& stream) {
    Names names;
    for (const CapturingNode& node : that_fill(capturing(devices), stream))
        names.push_back(node.device->name);
    return names;
}

constexpr std::uint32_t stride = 1920;

CameraStream rgb() {
    return {.format = DRM_FORMAT_RGB888, .width = 640, .height = 480, .stride = stride};
}

TEST(NodesOfAStream, AreThoseThatHaveItsFramesSet) {
    const std::vector devices{node("raw", V4L2_PIX_FMT_SGRBG8, 640),
                              node("padded", V4L2_PIX_FMT_BGR24, 2048),
                              node("processed", V4L2_PIX_FMT_BGR24, stride)};
    EXPECT_EQ(filling(devices, rgb()), Names{"processed"});
    CameraStream smaller = rgb();
    smaller.height = 240;
    EXPECT_EQ(filling(devices, smaller), Names{});
}

TEST(NodesOfAStream, AreToldApartByTheirFormatWhereThatIsKnown) {
    const std::vector devices{node("one", V4L2_PIX_FMT_RGB24, stride),
                              node("other", V4L2_PIX_FMT_BGR24, stride)};
    EXPECT_EQ(filling(devices, rgb()), Names{"other"});
    CameraStream packed = rgb();
    packed.format = 0x41424344;
    EXPECT_EQ(filling(devices, packed), (Names{"one", "other"}));
}

TEST(NodesOfAStream, CaptureIt) {
    VideoDevice unasked;
    unasked.memories.resize(1);
    unasked.memories[0].use = "frame";
    const std::vector devices{node("output", V4L2_PIX_FMT_BGR24, stride, Queue::output), unasked};
    EXPECT_EQ(capturing(devices).size(), 1U);
    EXPECT_EQ(filling(devices, rgb()), Names{});
}

} // namespace
} // namespace heapsel
