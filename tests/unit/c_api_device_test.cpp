// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/device.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include <heapsel/unique_fd.hpp>

#include "c/handles.hpp"
#include "c_board.hpp"
#include "c_handle.hpp"
#include "fake_drm.hpp"
#include "fake_v4l2.hpp"
#include "heap_builder.hpp"
#include "heap_listing.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

using CApiDevices = test::CBoard;

TEST_F(CApiDevices, DevicesHaveTheirMemoriesAndBindings) {
    const auto devices = made_by<test::OwnedDevices>(heapsel_devices_list, root());
    ASSERT_EQ(heapsel_devices_count(devices.get()), 6U);
    const heapsel_device* const codec = heapsel_devices_device(devices.get(), 1);
    EXPECT_EQ(heapsel_device_subsystem(codec), HEAPSEL_SUBSYSTEM_V4L2);
    EXPECT_STREQ(heapsel_device_name(codec), "video1");
    EXPECT_EQ(heapsel_device_node(codec), board_.root() / "dev/video1");
    EXPECT_STREQ(heapsel_device_driver(codec), "vicodec");
    EXPECT_STREQ(heapsel_device_card(codec), "");
    EXPECT_STREQ(heapsel_device_unasked_because(codec), "the machine is a recorded one");
    ASSERT_EQ(heapsel_device_memory_count(codec), 3U);
    EXPECT_EQ(heapsel_device_memory_kind(codec, 0), HEAPSEL_MEMORY_FRAME);
    EXPECT_EQ(heapsel_device_memory_kind(codec, 1), HEAPSEL_MEMORY_REFERENCE);
    EXPECT_EQ(heapsel_device_memory_kind(codec, 2), HEAPSEL_MEMORY_METADATA);
    EXPECT_EQ(heapsel_device_memory_plane(codec, 0), 0U);
    EXPECT_EQ(heapsel_device_memory_format_count(codec, 0), 0U);
    const heapsel_usable_heaps* const usable = heapsel_device_memory_usable_heaps(codec, 2);
    EXPECT_TRUE(heapsel_usable_heaps_known(usable));
    EXPECT_STREQ(heapsel_usable_heaps_unknown_because(usable), "");
    EXPECT_TRUE(std::string(heapsel_usable_heaps_evidence(usable)).ends_with("heaps/metadata"));
    ASSERT_EQ(heapsel_usable_heaps_count(usable), 7U);
    EXPECT_STREQ(heapsel_usable_heaps_name(usable, 1), "video@50000000");
    EXPECT_TRUE(heapsel_usable_heaps_active(usable, 1));
    EXPECT_FALSE(heapsel_usable_heaps_active(usable, 2));
    EXPECT_EQ(heapsel_accounting_controller(heapsel_usable_heaps_accounting(usable, 1)),
              HEAPSEL_CONTROLLER_UNKNOWN);
    const heapsel_binding* const binding = heapsel_device_memory_binding(codec, 2);
    ASSERT_EQ(heapsel_binding_heap_count(binding), 2U);
    EXPECT_STREQ(heapsel_binding_heap(binding, 0), "nonecc@58000000");
    EXPECT_TRUE(heapsel_binding_or_driver(binding));
    EXPECT_EQ(heapsel_binding_usable_count(binding), 5U);
    EXPECT_STREQ(heapsel_binding_usable(binding, 4), "system");
    EXPECT_STREQ(heapsel_device_memory_binding_unknown_because(codec, 2), "");
}

TEST_F(CApiDevices, ADisplayHasADumbMemoryBehindItsPlanes) {
    const auto devices = made_by<test::OwnedDevices>(heapsel_devices_list, root());
    const heapsel_device* const bound = heapsel_devices_device(devices.get(), 4);
    EXPECT_EQ(heapsel_device_subsystem(bound), HEAPSEL_SUBSYSTEM_DRM);
    EXPECT_STREQ(heapsel_device_name(bound), "card0");
    ASSERT_EQ(heapsel_device_memory_count(bound), 1U);
    EXPECT_EQ(heapsel_device_memory_kind(bound, 0), HEAPSEL_MEMORY_DUMB);
    EXPECT_EQ(heapsel_device_memory_usable_heaps(bound, 0), nullptr);
    EXPECT_EQ(heapsel_binding_heap_count(heapsel_device_memory_binding(bound, 0)), 1U);
    const heapsel_device* const unbound = heapsel_devices_device(devices.get(), 5);
    EXPECT_EQ(heapsel_device_memory_binding(unbound, 0), nullptr);
    EXPECT_TRUE(std::string(heapsel_device_memory_binding_unknown_because(unbound, 0))
                    .starts_with("The device has no folder heaps"));
}

TEST(CApiDevice, APlaneHasItsNumberFormatsAndHeaps) {
    DisplayDevice display;
    display.planes.push_back({.plane = {.id = 31,
                                        .type = PlaneType::primary,
                                        .formats = {DRM_FORMAT_NV12, DRM_FORMAT_XRGB8888},
                                        .modifiers = {},
                                        .modifiers_unknown_because = {}},
                              .usable = {.heaps = {{.name = "a", .active = true, .accounting = {}}},
                                         .evidence = "evidence",
                                         .unknown_because = {}}});
    VideoDevice video;
    video.title = "title";
    video.card = "card";
    video.memories.push_back({.role = Role::frame,
                              .queue = Queue::output,
                              .pixel_format = V4L2_PIX_FMT_NV12M,
                              .usable = {},
                              .binding = {},
                              .binding_unknown_because = "why"});
    const heapsel_devices devices = c_api::devices_of({video}, {display});
    const heapsel_device* const seen = heapsel_devices_device(&devices, 1);
    ASSERT_EQ(heapsel_device_memory_count(seen), 2U);
    EXPECT_EQ(heapsel_device_memory_kind(seen, 0), HEAPSEL_MEMORY_PLANE);
    EXPECT_EQ(heapsel_device_memory_plane(seen, 0), 31U);
    ASSERT_EQ(heapsel_device_memory_format_count(seen, 0), 2U);
    EXPECT_EQ(heapsel_device_memory_format(seen, 0, 0), DRM_FORMAT_NV12);
    EXPECT_EQ(heapsel_device_memory_format(seen, 0, 2), 0U);
    const heapsel_usable_heaps* const usable = heapsel_device_memory_usable_heaps(seen, 0);
    EXPECT_STREQ(heapsel_usable_heaps_name(usable, 0), "a");
    EXPECT_EQ(heapsel_device_memory_binding(seen, 0), nullptr);
    EXPECT_STREQ(heapsel_device_memory_binding_unknown_because(seen, 0), "");
    const heapsel_device* const queue = heapsel_devices_device(&devices, 0);
    EXPECT_STREQ(heapsel_device_title(queue), "title");
    EXPECT_STREQ(heapsel_device_title(seen), "");
    EXPECT_STREQ(heapsel_device_card(queue), "card");
    EXPECT_EQ(heapsel_device_memory_kind(queue, 0), HEAPSEL_MEMORY_OUTPUT);
    EXPECT_EQ(heapsel_device_memory_format(queue, 0, 0), DRM_FORMAT_NV12);
    EXPECT_STREQ(heapsel_device_memory_binding_unknown_because(queue, 0), "why");
}

TEST_F(CApiDevices, ConsumersAreNamedAsTheCommandNamesThem) {
    const std::array words{"video1:metadata", "/dev/dri/card0"};
    std::array<heapsel_consumer*, 2> made{};
    EXPECT_EQ(
        calling(heapsel_consumers_named, words.data(), words.size(), root(), nullptr, made.data()),
        "0");
    const test::OwnedConsumer codec(made[0]);
    const test::OwnedConsumer display(made[1]);
    EXPECT_STREQ(heapsel_consumer_name(codec.get()), "/dev/video1 (vicodec) metadata");
    EXPECT_FALSE(heapsel_consumer_shows(codec.get(), nullptr, nullptr));
    EXPECT_TRUE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(codec.get())));
    EXPECT_STREQ(heapsel_consumer_name(display.get()), "/dev/dri/card0 (faux_driver)");
    EXPECT_FALSE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(display.get())));
    EXPECT_EQ(heapsel_consumer_trial_count(display.get()), 0U);
}

TEST_F(CApiDevices, ADeviceThatIsNotThereLeavesNoConsumer) {
    EXPECT_EQ(refusal("video7"), find_video_device("video7", root()).error().message());
    const std::array words{"video1", "video7"};
    std::array<heapsel_consumer*, 2> made{};
    EXPECT_EQ(
        heapsel_consumers_named(words.data(), words.size(), root(), nullptr, made.data(), nullptr),
        -ENODEV);
    EXPECT_EQ(made[0], nullptr);
    EXPECT_EQ(made[1], nullptr);
}

TEST(CApiConsumer, OfAQueueHasTheDriversHeaps) {
    test::FakeV4l2 driver;
    driver.enumerate =
        test::listing<v4l2_heap>({"nonecc@58000000", "system"}, EINVAL, V4L2_HEAP_FL_ACTIVE);
    const auto consumer =
        made_by<test::OwnedConsumer>(heapsel_consumer_v4l2, driver.fd(), HEAPSEL_QUEUE_CAPTURE);
    EXPECT_STREQ(heapsel_consumer_name(consumer.get()), "/dev/null (sixteen-letters-) capture");
    const heapsel_usable_heaps* const usable = heapsel_consumer_usable_heaps(consumer.get());
    EXPECT_STREQ(heapsel_usable_heaps_evidence(usable), "VIDIOC_ENUM_HEAPS");
    ASSERT_EQ(heapsel_usable_heaps_count(usable), 2U);
    EXPECT_STREQ(heapsel_usable_heaps_name(usable, 1), "system");
    EXPECT_TRUE(heapsel_usable_heaps_active(usable, 0));
    driver.device_caps = V4L2_CAP_VIDEO_CAPTURE;
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(calling(heapsel_consumer_v4l2, driver.fd(), HEAPSEL_QUEUE_OUTPUT, &none),
              Consumer::v4l2(driver.fd(), Queue::output).error().message());
    EXPECT_EQ(none, nullptr);
}

TEST(CApiConsumer, OfWhatIsNoDeviceIsEnotty) {
    const UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(heapsel_consumer_v4l2(fd.get(), HEAPSEL_QUEUE_CAPTURE, &none, nullptr), -ENOTTY);
    EXPECT_EQ(heapsel_consumer_v4l2(-1, HEAPSEL_QUEUE_CAPTURE, &none, nullptr), -EBADF);
    EXPECT_EQ(
        heapsel_consumer_drm(fd.get(), 31, DRM_FORMAT_NV12, HEAPSEL_NO_MODIFIER, &none, nullptr),
        -ENOTTY);
}

TEST(CApiConsumer, OfAPlaneIsTriedWhereTheDriverSaysNothing) {
    test::FakeDrm driver;
    driver.planes[31];
    const auto consumer =
        made_by<test::OwnedConsumer>(heapsel_consumer_drm, driver.fd(), 31U,
                                     std::uint32_t{DRM_FORMAT_XRGB8888}, HEAPSEL_NO_MODIFIER);
    EXPECT_FALSE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(consumer.get())));
    Heap heap = test::heap("a");
    heap.device = "/dev/zero";
    const heapsel_catalog catalog{HeapCatalog({heap})};
    EXPECT_EQ(calling(heapsel_consumer_try_heaps, consumer.get(), driver.fd(), 31U,
                      std::uint32_t{DRM_FORMAT_XRGB8888}, HEAPSEL_NO_MODIFIER, &catalog),
              "0");
    ASSERT_EQ(heapsel_consumer_trial_count(consumer.get()), 1U);
    EXPECT_STREQ(heapsel_consumer_trial_heap(consumer.get(), 0), "a");
    const HeapTrial& trial = consumer->value.trials().front();
    EXPECT_EQ(heapsel_consumer_trial_accepted(consumer.get(), 0),
              std::to_underlying(trial.accepted));
    EXPECT_EQ(heapsel_consumer_trial_evidence(consumer.get(), 0), trial.evidence);
    EXPECT_EQ(driver.held(), 0U);
}

TEST(CApiConsumer, MayBeWrittenDown) {
    const auto words =
        made_by<test::OwnedConsumer>(heapsel_consumer_requirement, "display", "contiguous");
    EXPECT_STREQ(heapsel_consumer_name(words.get()), "display");
    EXPECT_EQ(words->value.requirement().criteria,
              (std::vector{Criterion{.trait = Trait::contiguous}}));
    EXPECT_EQ(heapsel_consumer_usable_heaps(words.get()), nullptr);
    const std::array heaps{"a", "b"};
    const auto list = made_by<test::OwnedConsumer>(heapsel_consumer_listing, "gpu", heaps.data(),
                                                   heaps.size(), nullptr);
    const heapsel_usable_heaps* const usable = heapsel_consumer_usable_heaps(list.get());
    EXPECT_EQ(heapsel_usable_heaps_count(usable), 2U);
    EXPECT_STREQ(heapsel_usable_heaps_evidence(usable), "its caller says so");
    const auto odd = made_by<test::OwnedConsumer>(heapsel_consumer_listing, "gpu", heaps.data(),
                                                  heaps.size(), "its \x1b[2Jdriver");
    EXPECT_STREQ(heapsel_usable_heaps_evidence(heapsel_consumer_usable_heaps(odd.get())),
                 "its \\x1b[2Jdriver");
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(calling(heapsel_consumer_requirement, "display", "fast", &none),
              parse_criteria("fast").error().message());
    EXPECT_EQ(none, nullptr);
}

} // namespace
} // namespace heapsel
