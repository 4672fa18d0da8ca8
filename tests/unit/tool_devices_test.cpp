// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "io/file.hpp"
#include "run_tool.hpp"

namespace heapsel {
namespace {

using test::contains;
using test::Outcome;
using test::run;

class ToolWithDevices : public test::Tool {
  public:
    ToolWithDevices() : Tool("lab-board-carve-outs") {}
};

TEST_F(ToolWithDevices, WithoutDevicesEachVerbSaysWhatIsNotAsked) {
    const Outcome devices = on_board({"devices", "--no-devices"});
    EXPECT_EQ(devices.status, 0);
    EXPECT_TRUE(contains(devices.out, "nonecc@58000000")) << "the bindings are there";
    EXPECT_TRUE(contains(devices.out, "video0, video1, video2, video10, card0, card1: no device is "
                                      "opened, as was asked for\n"))
        << devices.out;
    const Outcome show = on_board({"show", "nonecc@58000000", "--no-devices"});
    EXPECT_EQ(show.status, 0);
    EXPECT_TRUE(contains(show.out, "Drivers were not asked (--no-devices)")) << show.out;
    EXPECT_FALSE(contains(on_board({"show", "nonecc@58000000"}).out, "not asked"));
    const auto json =
        nlohmann::json::parse(on_board({"show", "nonecc@58000000", "--no-devices", "--json"}).out);
    EXPECT_EQ(json["drivers_asked"], false);
    const Outcome doctor = on_board({"doctor", "--no-devices"});
    EXPECT_TRUE(
        contains(doctor.out, "unknown  device       Of what devices can use, only the bindings"))
        << doctor.out;
    EXPECT_FALSE(contains(on_board({"doctor"}).out, "not asked"));
}

TEST_F(ToolWithDevices, DevicesHasALineForEachMemory) {
    const Outcome outcome = on_board({"devices"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(
        outcome.out,
        "DEVICE        DRIVER   CARD  MEMORY     BOUND            PAYS     USABLE\n"
        "/dev/video0   vicodec  -     frame      driver           unknown  coherent@64000000\n"
        "                                                                  default_cma_region\n"
        "                                                                  frames@60000000 "
        "nonecc@58000000\n"
        "                                                                  reserved system "
        "video@50000000\n"
        "                             bitstream  driver           unknown  coherent@64000000\n"
        "                                                                  default_cma_region "
        "system\n"
        "                             reference  nonecc@58000000  unknown  coherent@64000000\n"
        "                                                                  default_cma_region\n"
        "                                                                  frames@60000000 "
        "reserved system\n"
        "                                                                  video@50000000\n"
        "                             metadata   nonecc@58000000  unknown  coherent@64000000\n"
        "                                        video@50000000   unknown  default_cma_region\n"
        "                                        driver           unknown  frames@60000000 "
        "reserved system\n"
        "/dev/video1   vicodec  -     frame      driver           unknown  coherent@64000000\n"
        "                                                                  default_cma_region\n"
        "                                                                  frames@60000000 "
        "nonecc@58000000\n"
        "                                                                  reserved system "
        "video@50000000\n"
        "                             bitstream  driver           unknown  coherent@64000000\n"
        "                                                                  default_cma_region "
        "system\n"
        "                             reference  nonecc@58000000  unknown  coherent@64000000\n"
        "                                                                  default_cma_region\n"
        "                                                                  frames@60000000 "
        "reserved system\n"
        "                                                                  video@50000000\n"
        "                             metadata   nonecc@58000000  unknown  coherent@64000000\n"
        "                                        video@50000000   unknown  default_cma_region\n"
        "                                        driver           unknown  frames@60000000 "
        "reserved system\n"
        "/dev/video2   vivid    -     frame      reserved         unknown  video@50000000\n"
        "/dev/video10  vim2m    -     frame      unknown          unknown  unknown\n"
        "\n"
        "DEVICE          DRIVER   MEMORY        FORMAT  BOUND            PAYS     USABLE\n"
        "/dev/dri/card0  st7586   planes        -       unknown          unknown  unknown\n"
        "                         dumb (frame)  -       nonecc@58000000  unknown  "
        "coherent@64000000\n"
        "/dev/dri/card1  display  planes        -       unknown          unknown  unknown\n"
        "                         dumb (frame)  -       unknown          unknown  unknown\n"
        "\n"
        "video0, video1, video2, video10, card0, card1: the machine is a recorded one\n"
        "\n"
        "video10, card1: The device has no directory heaps: the kernel does not know of heaps for "
        "devices, or\n"
        "the driver takes no memory from them.\n");
}

TEST_F(ToolWithDevices, DevicesPrintsJson) {
    const auto whole = nlohmann::json::parse(on_board({"devices", "--json"}).out);
    ASSERT_EQ(whole["displays"].size(), 2U);
    EXPECT_EQ(whole["displays"][0]["name"], "card0");
    EXPECT_EQ(whole["displays"][0]["unasked"], "the machine is a recorded one");
    EXPECT_EQ(whole["displays"][0]["planes"], nlohmann::json::array());
    EXPECT_EQ(whole["displays"][0]["dumb"]["binding"]["heaps"],
              nlohmann::json::parse(R"(["nonecc@58000000"])"));
    EXPECT_TRUE(whole["displays"][1]["dumb"]["binding"].is_null());
    const auto& json = whole["devices"];
    ASSERT_EQ(json.size(), 4U);
    EXPECT_EQ(json[1]["name"], "video1");
    EXPECT_EQ(json[1]["title"], "stateful-decoder");
    EXPECT_TRUE(json[1]["card"].is_null());
    EXPECT_EQ(json[1]["unasked"], "the machine is a recorded one");
    const auto& reference = json[1]["memories"][2];
    EXPECT_EQ(reference["use"], "reference");
    EXPECT_TRUE(reference["queue"].is_null());
    EXPECT_TRUE(reference["pixel_format"].is_null());
    EXPECT_EQ(reference["binding"]["heaps"], nlohmann::json::parse(R"(["nonecc@58000000"])"));
    EXPECT_EQ(reference["binding"]["or_driver"], false);
    EXPECT_EQ(reference["usable"]["heaps"][0]["bound"], true);
    EXPECT_EQ(reference["usable"]["evidence"],
              "/sys/class/video4linux/video1/device/heaps/reference");
    EXPECT_TRUE(json[3]["memories"][0]["binding"].is_null());
    EXPECT_TRUE(json[3]["memories"][0]["usable"]["heaps"].is_null());
    EXPECT_EQ(json[3]["memories"][0]["usable"]["unknown"], "the machine is a recorded one");
}

TEST_F(ToolWithDevices, OddBytesOfADeviceDoNotReachTheTerminal) {
    board_.directory().write("sys/devices/platform/vivid.0/heaps/frame",
                             "[\x1b[31mred\xff] a\xfe\n");
    board_.directory().write("sys/devices/platform/vivid.0/video4linux/video2/name", "\x1b[31m\n");
    const Outcome outcome = on_board({"devices"});
    EXPECT_FALSE(contains(outcome.out, "\x1b"));
    EXPECT_TRUE(contains(outcome.out, "unknown"));
    EXPECT_TRUE(nlohmann::json::accept(on_board({"devices", "--json"}).out));
}

TEST_F(ToolWithDevices, ExplainOfADeviceLeavesOutWhatItCannotUse) {
    const Outcome outcome = on_board({"explain", "/dev/video2"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(outcome.out.starts_with("default_cma_region: chosen\n"
                                        "    /dev/video2 (vivid) frame  is bound to it  "
                                        "/sys/class/video4linux/video2/device/heaps/frame\n"
                                        "video@50000000: candidate\n"))
        << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "system: unsuitable\n"
                                      "    /dev/video2 (vivid) frame  cannot use it  "
                                      "/sys/class/video4linux/video2/device/heaps/frame\n"))
        << outcome.out;
}

TEST_F(ToolWithDevices, ExplainOfSeveralDevicesTakesWhatAllCanUse) {
    const Outcome outcome = on_board({"explain", "/dev/video2", "/dev/video1:reference", "--json"});
    EXPECT_EQ(outcome.status, 0);
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["chosen"], "default_cma_region");
    ASSERT_EQ(json["consumers"].size(), 2U);
    EXPECT_EQ(json["consumers"][1]["name"], "/dev/video1 (vicodec) reference");
    EXPECT_EQ(json["consumers"][1]["usable"]["heaps"][0]["name"], "nonecc@58000000");
}

TEST_F(ToolWithDevices, ExplainOfADeviceThatCannotBeAskedSaysSo) {
    const Outcome outcome = on_board({"explain", "/dev/video10"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(contains(outcome.out, "/dev/video10 (vim2m) frame  unknown"));
}

TEST_F(ToolWithDevices, ExplainOfADeviceThatIsNotThereFailsWithTheList) {
    const Outcome outcome = on_board({"explain", "/dev/video7"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err,
              "heapsel: cannot find the video device (/dev/video7): No such device. There are: "
              "/dev/video0, /dev/video1, /dev/video2, /dev/video10.\n");
    const Outcome memory = on_board({"explain", "/dev/video2:foo"});
    EXPECT_EQ(memory.status, 2);
    EXPECT_EQ(memory.err,
              "heapsel: cannot find the memory foo of the device (/dev/video2): Invalid "
              "argument. It has: frame.\n");
}

TEST_F(ToolWithDevices, ExplainOfADisplayThatCannotBeAskedSaysSo) {
    const Outcome outcome = on_board({"explain", "/dev/dri/card0:primary:NV12", "/dev/video2"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_TRUE(outcome.out.starts_with(
        "default_cma_region: chosen\n"
        "    /dev/dri/card0 (st7586)    unknown         the machine is a recorded one\n"
        "    /dev/video2 (vivid) frame  is bound to it  "))
        << outcome.out;
    const auto json =
        nlohmann::json::parse(on_board({"explain", "/dev/dri/card0", "/dev/video2", "--json"}).out);
    EXPECT_EQ(json["consumers"][0]["name"], "/dev/dri/card0 (st7586)");
    EXPECT_EQ(json["consumers"][1]["name"], "/dev/video2 (vivid) frame");
}

TEST_F(ToolWithDevices, ExplainOfADisplayOrPlaneThatIsNotThereFailsAndSaysWhatThereIs) {
    const Outcome missing = on_board({"explain", "/dev/dri/card7:31"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_EQ(missing.err,
              "heapsel: cannot find the display (/dev/dri/card7): No such device. There are: "
              "/dev/dri/card0, /dev/dri/card1.\n");
    for (const char* const wrong : {"/dev/dri/card0:primery", "/dev/dri/card0:primary:XRGB8888",
                                    "/dev/dri/card0:NV12", "/dev/dri/card0:31:NV12:0x0"}) {
        const Outcome outcome = on_board({"explain", wrong});
        EXPECT_EQ(outcome.status, 2);
        EXPECT_EQ(outcome.out, "");
        EXPECT_TRUE(contains(outcome.err, "A plane is its number, primary, overlay or cursor"))
            << outcome.err;
    }
}

TEST(ToolWithoutVideo, DevicesSaysSo) {
    const test::TemporaryDirectory root;
    const Outcome outcome = run({"devices", "--root", root.path()});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "heapsel: there is no video device and no display.\n");
    EXPECT_EQ(run({"devices", "--json", "--root", root.path()}).out,
              "{\n  \"devices\": [],\n  \"displays\": []\n}\n");
}

/// What is no true sysfs takes anything, and has no bracket when it is read back.
TEST(ToolBind, ReadsBackWhatTheKernelMadeOfIt) {
    const test::TemporaryDirectory device;
    device.write("heaps/frame", "[system] driver\n");
    const Outcome outcome = run({"bind", device.path(), "frame", "--unbind"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(contains(outcome.err, "is no list of heaps")) << outcome.err;
    EXPECT_TRUE(read_file(device.path() / "heaps/frame", 100).value().starts_with("driver"));
}

TEST(ToolBind, OfADeviceWithoutUsesSaysWhatIsMissing) {
    const test::TemporaryDirectory device;
    device.make_directory("device");
    const Outcome outcome = run({"bind", device.path(), "frame", "--unbind"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, device.path().native() + "/device/heaps/frame"));
    EXPECT_TRUE(
        contains(outcome.err, "No such file or directory. The device has no directory heaps"));
    EXPECT_EQ(run({"bind", "/dev/video999999", "frame", "--unbind"}).status, 1);
    EXPECT_TRUE(contains(run({"bind", "/dev/dri/card999999", "frame", "--unbind"}).err,
                         "cannot find the display (/dev/dri/card999999): No such device."));
}

TEST(ToolBind, BindLooksNoBareNameUpInTheCurrentDirectory) {
    const test::TemporaryDirectory directory;
    directory.write("video999999/heaps/reference", "[system]\n");
    const test::InDirectory here(directory.path());
    const Outcome outcome = run({"bind", "video999999", "reference", "--unbind"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "cannot find the video device")) << outcome.err;
    EXPECT_EQ(read_file("video999999/heaps/reference", 64).value(), "[system]\n");
}

} // namespace
} // namespace heapsel
