// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_target.hpp>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded_board.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

VideoDevice decoder_device() {
    VideoDevice device;
    device.name = "video1";
    device.driver = "rkvdec";
    device.card = "Decoder 0";
    return device;
}

class TargetOf : public testing::Test {
  protected:
    void link(const std::string& path, const std::string& target) const {
        const auto file = directory_.path() / path;
        std::filesystem::create_directories(file.parent_path());
        std::filesystem::create_symlink(target, file);
    }

    test::TemporaryDirectory directory_;
};

TEST_F(TargetOf, AVideoDeviceHasItsNodeAndEveryLinkToIt) {
    link("dev/v4l/by-path/platform-a-video-index0", "../../video1");
    link("dev/v4l/by-path/platform-b-video-index0", "../../video10");
    link("dev/v4l/by-id/usb-a", "/dev/video1");
    link("dev/video-dec0", "video1");
    link("dev/elsewhere", "/sys/video1");
    directory_.write("dev/video1");
    VideoMemory memory;
    memory.use = "reference";
    const PolicyTarget target =
        policy_target(decoder_device(), memory, std::nullopt, directory_.path());
    EXPECT_EQ(target.driver, "rkvdec");
    EXPECT_EQ(target.card, "Decoder 0");
    EXPECT_EQ(target.nodes, (std::vector<std::string>{"/dev/v4l/by-id/usb-a",
                                                      "/dev/v4l/by-path/platform-a-video-index0",
                                                      "/dev/video-dec0", "/dev/video1", "video1"}));
    EXPECT_EQ(target.use, "reference");
    EXPECT_EQ(target.queue, std::nullopt);
}

TEST_F(TargetOf, TheQueueOfTheMemoryCountsBeforeTheOneThatIsAskedFor) {
    VideoMemory memory;
    EXPECT_EQ(policy_target(decoder_device(), memory, std::nullopt, directory_.path()).queue,
              std::nullopt);
    EXPECT_EQ(policy_target(decoder_device(), memory, Queue::output, directory_.path()).queue,
              Queue::output);
    memory.queue = Queue::capture;
    EXPECT_EQ(policy_target(decoder_device(), memory, Queue::output, directory_.path()).queue,
              Queue::capture);
}

TEST_F(TargetOf, ADisplayHasItsNodeAndEveryLinkToIt) {
    DisplayDevice device;
    device.name = "card0";
    device.driver = "vkms";
    link("dev/dri/by-path/platform-vkms-card", "../card0");
    link("dev/dri/by-path/platform-vkms-render", "../renderD128");
    const PolicyTarget target = policy_target(device, directory_.path());
    EXPECT_EQ(target.driver, "vkms");
    EXPECT_EQ(target.card, "");
    EXPECT_EQ(target.nodes, (std::vector<std::string>{"/dev/dri/by-path/platform-vkms-card",
                                                      "/dev/dri/card0", "card0"}));
    EXPECT_EQ(target.use, "frame");
    EXPECT_EQ(target.queue, std::nullopt);
}

TEST(TargetCalled, IsADeviceOfTheMachineWithTheMemoryThatIsAskedFor) {
    const test::RecordedBoard board("lab-board-carve-outs");
    const auto reference = parse_policy_target("/dev/video1:reference", board.root());
    ASSERT_TRUE(reference);
    EXPECT_EQ(reference->driver, "vicodec");
    EXPECT_EQ(reference->nodes, (std::vector<std::string>{"/dev/video1", "video1"}));
    EXPECT_EQ(reference->use, "reference");
    EXPECT_EQ(parse_policy_target("video1:output", board.root())->queue, Queue::output);
    EXPECT_EQ(parse_policy_target("card0", board.root())->driver, "st7586");
    EXPECT_EQ(parse_policy_target("rkvdec", board.root()).error().code, ENODEV);
    EXPECT_EQ(parse_policy_target("video2:metadata", board.root()).error().code, EINVAL);
}

TEST(TargetOfDriver, HasTheNameAndTheMemory) {
    const PolicyTarget target = policy_target_of_driver("rkvdec:output");
    EXPECT_EQ(target.driver, "rkvdec");
    EXPECT_EQ(target.use, "") << "a codec's may be of coded data";
    EXPECT_EQ(target.queue, Queue::output);
    EXPECT_EQ(policy_target_of_driver("rkvdec").use, "frame");
    EXPECT_EQ(policy_target_of_driver("rkvdec:metadata").use, "metadata");
    EXPECT_EQ(policy_target_of_driver("pci-0:1").driver, "pci-0:1");
}

} // namespace
} // namespace heapsel
