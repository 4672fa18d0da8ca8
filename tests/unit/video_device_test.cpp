// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/video_device.hpp>

#include <cerrno>

#include <gtest/gtest.h>

#include "recorded_board.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

class VideoDeviceTest : public testing::Test {
  protected:
    [[nodiscard]] Names listed() const {
        Names names;
        for (const VideoDevice& device : list_video_devices(board_.root()))
            names.push_back(device.name);
        return names;
    }
    [[nodiscard]] VideoDevice found(std::string_view device) const {
        return find_video_device(device, board_.root()).value();
    }

    test::RecordedBoard board_{"lab-board-carve-outs"};
};

TEST_F(VideoDeviceTest, AreListedByNumberAndRadiosAreNone) {
    EXPECT_EQ(listed(), (Names{"video0", "video1", "video2", "video10"}));
}

TEST_F(VideoDeviceTest, AMachineWithoutTheClassHasNone) {
    const test::TemporaryDirectory root;
    EXPECT_TRUE(list_video_devices(root.path()).empty());
    EXPECT_EQ(find_video_device("/dev/video0", root.path()).error().hint,
              "There is no video device at all.");
}

TEST_F(VideoDeviceTest, OfARecordingHasWhatSysfsSaysAndWhyNotMore) {
    const VideoDevice device = found("/dev/video1");
    EXPECT_EQ(device.title, "stateful-decoder");
    EXPECT_EQ(device.driver, "vicodec");
    EXPECT_EQ(device.card, "");
    EXPECT_EQ(device.node, board_.root() / "dev/video1");
    EXPECT_EQ(device.unasked_because, "the machine is a recorded one");
    ASSERT_EQ(device.memories.size(), 4U);
    EXPECT_EQ(device.memories[0].use, "frame");
    EXPECT_EQ(device.memories[0].queue, std::nullopt);
    EXPECT_EQ(device.memories[1].use, "bitstream");
    EXPECT_EQ(device.memories[2].use, "reference");
    EXPECT_EQ(device.memories[3].use, "metadata");
}

TEST_F(VideoDeviceTest, BoundHeapsAreFirst) {
    const VideoMemory memory = found("video1").memories.at(3);
    ASSERT_TRUE(memory.binding);
    EXPECT_EQ(memory.binding->heaps, (Names{"nonecc@58000000", "video@50000000"}));
    EXPECT_TRUE(memory.binding->or_driver);
    ASSERT_EQ(memory.usable.heaps.size(), 7U);
    EXPECT_TRUE(memory.usable.heaps[1].bound);
    EXPECT_FALSE(memory.usable.heaps[2].bound);
    EXPECT_EQ(memory.usable.evidence, "/sys/class/video4linux/video1/device/heaps/metadata");
}

TEST_F(VideoDeviceTest, ThatKnowsOfNoUsesHasFramesOfWhichNothingIsKnown) {
    const VideoDevice device = found("video10");
    ASSERT_EQ(device.memories.size(), 1U);
    EXPECT_FALSE(device.memories[0].binding);
    EXPECT_TRUE(
        device.memories[0].binding_unknown_because.contains("The device has no directory heaps"));
    EXPECT_FALSE(device.memories[0].usable.known());
}

TEST_F(VideoDeviceTest, OfARecordingHasEveryUseThatSysfsHasTheCommonOnesFirst) {
    for (const char* const use : {"scratch", "bitstream", "motion"})
        board_.directory().write(std::string("sys/devices/platform/vivid.0/heaps/") + use,
                                 "[driver] reserved\n");
    board_.directory().write("sys/devices/platform/vivid.0/heaps/.odd", "[driver]\n");
    Names uses;
    for (const VideoMemory& memory : found("video2").memories)
        uses.push_back(memory.use);
    EXPECT_EQ(uses, (Names{"frame", "bitstream", "motion", "scratch"}));
}

TEST_F(VideoDeviceTest, ABindingThatIsNoneIsUnknownAndSaysWhy) {
    board_.directory().write("sys/devices/platform/vivid.0/heaps/frame", "reserved\n");
    const VideoMemory memory = found("video2").memories.at(0);
    EXPECT_FALSE(memory.binding);
    EXPECT_TRUE(memory.binding_unknown_because.contains("\"reserved\" is no list of heaps"));
    EXPECT_FALSE(memory.usable.known());
}

TEST_F(VideoDeviceTest, ThatLeadsOutOfTheRecordingIsPassedOver) {
    const test::TemporaryDirectory elsewhere;
    elsewhere.write("heaps/frame", "[driver] system\n");
    elsewhere.write("video3/name", "elsewhere\n");
    fs::create_symlink(elsewhere.path() / "video3", board_.root() / "sys/class/video4linux/video3");
    const auto device = board_.root() / "sys/devices/platform/vim2m.0/video4linux/video10/device";
    fs::remove(device);
    fs::create_symlink(elsewhere.path(), device);
    EXPECT_EQ(listed(), (Names{"video0", "video1", "video2", "video10"}));
    EXPECT_EQ(found("video10").memories.at(0).binding_unknown_because,
              "the device has no directory in sysfs");
    EXPECT_EQ(found("video10").driver, "");
}

TEST_F(VideoDeviceTest, ThatIsNotThereIsEnodevWithTheList) {
    for (const char* const name : {"/dev/video3", "/dev/radio0", "/dev/null", ""}) {
        const auto device = find_video_device(name, board_.root());
        ASSERT_FALSE(device) << name;
        EXPECT_EQ(device.error().code, ENODEV);
        EXPECT_EQ(device.error().hint,
                  "There are: /dev/video0, /dev/video1, /dev/video2, /dev/video10.");
    }
}

TEST_F(VideoDeviceTest, IsAConsumerForEachOfItsMemories) {
    const VideoDevice device = found("video1");
    EXPECT_EQ(consumer_of(device, device.memories[0]).name(), "/dev/video1 (vicodec) frame");
    EXPECT_EQ(consumer_of(device, device.memories[2]).name(), "/dev/video1 (vicodec) reference");
    VideoMemory output = device.memories[0];
    output.queue = Queue::output;
    EXPECT_EQ(consumer_of(device, output).name(), "/dev/video1 (vicodec) output");
}

} // namespace
} // namespace heapsel
