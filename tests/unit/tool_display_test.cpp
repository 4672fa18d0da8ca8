// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>

#include <heapsel/parsed_consumer.hpp>
#include <heapsel/pixel_format.hpp>

#include "devices/display_argument.hpp"
#include "display_table.hpp"
#include "json.hpp"

namespace heapsel::tools {
namespace {

Plane plane(std::uint32_t id, PlaneType type, std::vector<std::uint32_t> formats) {
    return {.id = id,
            .type = type,
            .formats = std::move(formats),
            .modifiers = {},
            .modifiers_unknown_because = {}};
}

DisplayDevice display() {
    DisplayDevice device;
    device.name = "card0";
    device.driver = "vkms";
    device.planes = {
        {.plane = plane(35, PlaneType::overlay, {DRM_FORMAT_NV12}), .usable = {}},
        {.plane = plane(31, PlaneType::primary, {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12}),
         .usable = {}},
        {.plane = plane(40, PlaneType::cursor, {}), .usable = {}}};
    device.binding = Binding{};
    return device;
}

TEST(DisplayArgument, IsADisplayAPlaneAndAFormat) {
    const DisplayArgument whole = parse_display_argument("/dev/dri/card0");
    EXPECT_EQ(whole.device, "/dev/dri/card0");
    EXPECT_FALSE(whole.id || whole.type || whole.format);
    const DisplayArgument typed = parse_display_argument("card0:overlay");
    EXPECT_EQ(typed.device, "card0");
    EXPECT_EQ(typed.type, PlaneType::overlay);
    const DisplayArgument exact = parse_display_argument("/dev/dri/card0:31:NV12");
    EXPECT_EQ(exact.device, "/dev/dri/card0");
    EXPECT_EQ(exact.id, 31U);
    EXPECT_EQ(exact.format, DRM_FORMAT_NV12);
}

TEST(DisplayArgument, LeavesColonsToThePath) {
    for (const char* const path :
         {"/dev/dri/by-path/pci-0000:01:00.0-card", "card0:first", "card0:-1",
          "card0:", "card0:31:", "card0:31:XRGB8888", "card0:99999999999", "card0:NV12"}) {
        const DisplayArgument argument = parse_display_argument(path);
        EXPECT_EQ(argument.device, path);
        EXPECT_FALSE(argument.id || argument.type || argument.format) << path;
    }
    EXPECT_EQ(parse_display_argument("/dev/dri/by-path/pci-0000:01:00.0-card:primary:XR24").device,
              "/dev/dri/by-path/pci-0000:01:00.0-card");
}

TEST(PlaneOf, IsTheFirstPrimaryOneWhereNoneIsNamed) {
    const DisplayDevice device = display();
    const auto id = [&](const char* text) {
        const auto found = plane_of(device, parse_display_argument(text));
        return found ? static_cast<int>((*found)->id) : -found.error().code;
    };
    EXPECT_EQ(id("card0"), 31);
    EXPECT_EQ(id("card0:primary"), 31);
    EXPECT_EQ(id("card0:overlay"), 35);
    EXPECT_EQ(id("card0:40"), 40);
    EXPECT_EQ(id("card0:41"), -EINVAL);
    EXPECT_EQ(plane_of(device, parse_display_argument("card0:41")).error().message(),
              "cannot find that plane of the display (card0): Invalid argument. It has: overlay "
              "35, primary 31, cursor 40.");
}

TEST(PlaneOf, IsTheFirstWhereNoneIsPrimary) {
    DisplayDevice device = display();
    device.planes.erase(device.planes.begin() + 1);
    EXPECT_EQ(plane_of(device, parse_display_argument("card0")).value()->id, 35U);
    EXPECT_EQ(plane_of(device, parse_display_argument("card0:primary")).error().code, EINVAL);
    device.planes.clear();
    EXPECT_EQ(plane_of(device, parse_display_argument("card0")).error().hint, "It has no plane.");
}

TEST(FormatOf, IsThatOfTheVideoIfThePlaneTakesIt) {
    const Plane primary = display().planes[1].plane;
    const DisplayArgument any = parse_display_argument("card0");
    EXPECT_EQ(format_of(primary, any, {}), DRM_FORMAT_XRGB8888);
    EXPECT_EQ(format_of(primary, any, std::array{DRM_FORMAT_YUYV, DRM_FORMAT_NV12}),
              DRM_FORMAT_NV12);
    EXPECT_EQ(format_of(primary, any, std::array{DRM_FORMAT_YUYV}), DRM_FORMAT_XRGB8888);
    EXPECT_EQ(format_of(primary, parse_display_argument("card0:31:YUYV"), {}), DRM_FORMAT_YUYV);
    EXPECT_EQ(format_of(display().planes[2].plane, any, {}).error().code, EINVAL);
}

TEST(DisplayTable, HasALineForEachPlaneAndOneForDumbBuffers) {
    DisplayDevice device = display();
    device.binding = Binding{.heaps = {"a"}, .or_driver = true, .usable = {"b"}};
    device.planes[0].usable.heaps = {
        {.name = "a", .bound = true, .in_use = false, .accounting = {}},
        {.name = "c", .bound = false, .in_use = false, .accounting = {}}};
    device.planes[2].usable.unknown_because = "why";
    DeviceMemory& metadata = device.hidden.emplace_back();
    metadata.use = "metadata";
    metadata.usable.heaps = {
        {.name = "system",
         .bound = true,
         .in_use = false,
         .accounting = {.controller = Controller::memcg, .region = {}, .unknown_because = {}}}};
    EXPECT_EQ(display_table(std::array{device}),
              "DEVICE          DRIVER  MEMORY        FORMAT  BOUND    PAYS     USABLE\n"
              "/dev/dri/card0  vkms    overlay 35    NV12    a        unknown  c\n"
              "                        primary 31    XR24    -        -        -\n"
              "                        cursor 40     -       unknown  unknown  unknown\n"
              "                        dumb (frame)  -       a        unknown  b\n"
              "                                              driver   unknown\n"
              "                        metadata      -       system   memcg    -\n");
    Reasons reasons;
    note_unknown(reasons, std::array{device});
    EXPECT_EQ(reasons.lines(), std::vector<std::string>{"card0: why"});
}

TEST(DisplayTable, OfADisplayThatCannotBeAskedSaysSo) {
    DisplayDevice device;
    device.name = "card1";
    device.unasked_because = "why";
    device.binding_unknown_because = "no binding";
    EXPECT_EQ(display_table(std::array{device}),
              "DEVICE          DRIVER  MEMORY        FORMAT  BOUND    PAYS     USABLE\n"
              "/dev/dri/card1  -       planes        -       unknown  unknown  unknown\n"
              "                        dumb (frame)  -       unknown  unknown  unknown\n");
    Reasons reasons;
    note_unknown(reasons, std::array{device});
    EXPECT_EQ(reasons.lines(), (std::vector<std::string>{"card1: why", "card1: no binding"}));
}

TEST(Json, OfADisplayHasPlanesAndTheBindingOfDumbBuffers) {
    DisplayDevice device = display();
    device.planes[0].plane.modifiers = {{.format = DRM_FORMAT_NV12, .modifier = 7}};
    device.planes[1].plane.modifiers_unknown_because = "why";
    device.planes[1].plane.type.reset();
    const auto json = to_json(device);
    EXPECT_EQ(json["planes"][0]["id"], 35);
    EXPECT_EQ(json["planes"][0]["type"], "overlay");
    EXPECT_EQ(json["planes"][0]["modifiers"],
              nlohmann::ordered_json::parse(R"([{"format": "NV12", "modifier": "0x7"}])"));
    EXPECT_EQ(json["planes"][1]["formats"], nlohmann::ordered_json::parse(R"(["XR24", "NV12"])"));
    EXPECT_TRUE(json["planes"][1]["type"].is_null());
    EXPECT_TRUE(json["planes"][1]["modifiers"].is_null());
    EXPECT_EQ(json["planes"][1]["modifiers_unknown"], "why");
    EXPECT_EQ(json["dumb"]["binding"]["or_driver"], true);
}

TEST(Json, OfAConsumerSaysWhatIsShownAndWhatTrialsSaid) {
    const Consumer unknown =
        Consumer::listing("x", {.heaps = {}, .evidence = {}, .unknown_because = "why"});
    const auto bare = to_json(ParsedConsumer{.consumer = unknown, .show = {}});
    EXPECT_EQ(bare["name"], "x");
    EXPECT_FALSE(bare.contains("plane"));
    EXPECT_FALSE(bare.contains("trials"));
    const auto json = to_json(ParsedConsumer{
        .consumer =
            unknown.with_trials({{.heap = "a\xff", .accepted = Answer::no, .evidence = "refused"}}),
        .show = Scanout{.plane = display().planes[1].plane, .format = DRM_FORMAT_NV12}});
    EXPECT_EQ(json["plane"], 31);
    EXPECT_EQ(json["type"], "primary");
    EXPECT_EQ(json["format"], "NV12");
    EXPECT_EQ(json["usable"]["unknown"], "why");
    EXPECT_EQ(json["trials"],
              nlohmann::ordered_json::parse(
                  R"([{"heap": "a\\xff", "accepted": "no", "evidence": "refused"}])"));
}

} // namespace
} // namespace heapsel::tools
