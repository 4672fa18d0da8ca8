// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/display_device.hpp>

#include <cerrno>
#include <filesystem>
#include <span>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "devices/ask_or_try.hpp"
#include "devices/device_node.hpp"
#include "fake_drm.hpp"
#include "heap_builder.hpp"
#include "recorded_board.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Names = std::vector<std::string>;

class DisplayDeviceTest : public testing::Test {
  protected:
    test::RecordedBoard board_{"lab-board-carve-outs"};

    [[nodiscard]] DisplayDevice found(std::string_view device) const {
        return find_display_device(device, board_.root()).value();
    }
};

TEST_F(DisplayDeviceTest, AreTheCardsAndNoConnectorsOrRenderNodes) {
    Names names;
    for (const DisplayDevice& device : list_display_devices(board_.root()))
        names.push_back(device.name);
    EXPECT_EQ(names, (Names{"card0", "card1"}));
}

TEST_F(DisplayDeviceTest, AMachineWithoutTheClassHasNone) {
    const test::TemporaryDirectory root;
    EXPECT_TRUE(list_display_devices(root.path()).empty());
    EXPECT_EQ(find_display_device("/dev/dri/card0", root.path()).error().hint,
              "There is no display at all.");
}

TEST_F(DisplayDeviceTest, OfARecordingHasTheBindingOfItsDumbBuffersAndNoPlanes) {
    const DisplayDevice device = found("/dev/dri/card0");
    EXPECT_EQ(device.node, board_.root() / "dev/dri/card0");
    EXPECT_EQ(device.driver, "st7586");
    EXPECT_EQ(device.unasked_because, "the machine is a recorded one");
    EXPECT_TRUE(device.planes.empty());
    ASSERT_TRUE(device.binding);
    EXPECT_EQ(device.binding->heaps, Names{"nonecc@58000000"});
    EXPECT_FALSE(device.binding->or_driver);
    EXPECT_EQ(device.binding_unknown_because, "");
}

TEST_F(DisplayDeviceTest, OfARecordingHasTheOtherUsesOfItsDriver) {
    board_.directory().write("sys/devices/platform/spi/spi_master/spi0/spi0.0/heaps/metadata",
                             "[driver] system\n");
    const DisplayDevice device = found("card0");
    ASSERT_EQ(device.hidden.size(), 1U);
    EXPECT_EQ(device.hidden[0].use, "metadata");
    ASSERT_TRUE(device.hidden[0].binding);
    EXPECT_EQ(device.hidden[0].binding->usable, Names{"system"});
    EXPECT_EQ(device.hidden[0].usable.heaps.at(0).name, "system");
}

TEST_F(DisplayDeviceTest, WithoutUsesSaysWhy) {
    const DisplayDevice device = found("card1");
    EXPECT_FALSE(device.binding);
    EXPECT_TRUE(device.binding_unknown_because.contains("The device has no directory heaps"));
}

TEST_F(DisplayDeviceTest, ThatIsNotThereIsEnodevWithTheList) {
    for (const char* const name :
         {"/dev/dri/card2", "/dev/dri/renderD128", "card0-SPI-1", "/dev/video0", ""}) {
        const auto device = find_display_device(name, board_.root());
        ASSERT_FALSE(device) << name;
        EXPECT_EQ(device.error().code, ENODEV);
        EXPECT_EQ(device.error().hint, "There are: /dev/dri/card0, /dev/dri/card1.");
    }
}

TEST(AskingADisplay, GivesTheMastershipOfTheFirstOpenerBackBeforeAnythingElse) {
    const test::TemporaryDirectory directory;
    directory.write("card0");
    test::FakeDrm driver;
    driver.node = directory.path() / "card0";
    Scanout show{};
    show.plane.id = 31;
    show.format = DRM_FORMAT_NV12;
    const auto asked = ask_or_try(driver.node, show, {});
    ASSERT_TRUE(asked) << asked.error().message();
    ASSERT_FALSE(driver.requests.empty());
    EXPECT_EQ(driver.requests.front(), DRM_IOCTL_DROP_MASTER);
    EXPECT_FALSE(driver.master);
}

TEST(AskingADisplay, ThatDoesNotSayWhatItTakesTriesTheHeapsAsItsMasterForAsLong) {
    const test::TemporaryDirectory directory;
    directory.write("card0");
    test::FakeDrm driver;
    driver.node = directory.path() / "card0";
    Heap heap = test::heap("a");
    heap.device = "/dev/null";
    Scanout show{};
    show.plane.id = 31;
    show.format = DRM_FORMAT_NV12;
    const auto asked = ask_or_try(driver.node, show, std::span(&heap, 1));
    ASSERT_TRUE(asked) << asked.error().message();
    EXPECT_EQ(driver.committed.size(), 2U);
    EXPECT_FALSE(driver.master);
}

TEST(OpeningANode, IsForReadingAlone) {
    const test::TemporaryDirectory directory;
    directory.write("video0");
    const auto fd = open_node(directory.path() / "video0");
    ASSERT_TRUE(fd);
    EXPECT_EQ(::fcntl(fd->get(), F_GETFL) & O_ACCMODE, O_RDONLY);
}

TEST(AskingADisplay, ThatIsNotThereIsTheErrnoOfOpen) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(ask_or_try(directory.path() / "card0", {}, {}).error().code, ENOENT);
}

TEST_F(DisplayDeviceTest, ABareNameIsNotLookedUpInTheCurrentDirectory) {
    const test::TemporaryDirectory directory;
    directory.write("elsewhere/none");
    std::filesystem::create_symlink("elsewhere/none", directory.path() / "card0");
    const test::InDirectory here(directory.path());
    EXPECT_TRUE(names_display("card0", "/"));
    EXPECT_FALSE(names_display("./card0", "/"));
}

TEST_F(DisplayDeviceTest, IsToldFromAVideoDeviceByItsName) {
    EXPECT_TRUE(names_display("/dev/dri/card0", board_.root()));
    EXPECT_TRUE(names_display("card77", board_.root()));
    for (const char* const other :
         {"/dev/video0", "/dev/dri/renderD128", "card", "card0-SPI-1", "/dev/dri/card0:31", ""})
        EXPECT_FALSE(names_display(other, board_.root())) << other;
}

TEST(NamesDisplay, ALinkIsFollowedOnThisMachine) {
    const test::TemporaryDirectory directory;
    directory.write("card5");
    std::filesystem::create_symlink("card5", directory.path() / "a-link");
    EXPECT_TRUE(names_display((directory.path() / "a-link").native()));
}

} // namespace
} // namespace heapsel
