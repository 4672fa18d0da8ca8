// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/consumer.hpp>

#include <cerrno>
#include <string>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "devices/video_heaps.hpp"
#include "fake_v4l2.hpp"
#include "heap_listing.hpp"
#include "temporary_directory.hpp"
#include "uapi/heap_account.h"
#include "uapi/v4l2.hpp"

namespace heapsel {
namespace {

using test::fill;

using test::Names;
using test::names_of;

/// A driver that lists `names`, the first of them bound.
auto queue_listing(const Names& names) {
    return test::video_listing(test::frames_from(names));
}

Result<UseHeaps> ask_queue(const test::FakeV4l2& driver) {
    return ask_queue_heaps(driver.fd(), V4L2_BUF_TYPE_VIDEO_CAPTURE, driver.device_caps);
}

TEST(V4l2Consumer, HasTheDriversHeapsInItsOrder) {
    test::FakeV4l2 driver;
    driver.enumerate = queue_listing({"nonecc@58000000", "system", "a"});
    const auto consumer = Consumer::v4l2(driver.fd(), Queue::capture);
    ASSERT_TRUE(consumer) << consumer.error().message();
    EXPECT_EQ(consumer->name(), "/dev/null (sixteen-letters-) capture");
    ASSERT_TRUE(consumer->usable());
    EXPECT_TRUE(consumer->usable()->known());
    EXPECT_EQ(consumer->usable()->evidence, "VIDIOC_ENUM_HEAPS");
    EXPECT_EQ(names_of(*consumer->usable()), (Names{"nonecc@58000000", "system", "a"}));
    EXPECT_TRUE(consumer->usable()->heaps[0].bound);
    EXPECT_FALSE(consumer->usable()->heaps[1].bound);
}

TEST(V4l2Consumer, AsksForTheTypeThatTheQueueHas) {
    using Case = std::tuple<std::uint32_t, Queue, std::uint32_t>;
    for (const auto& [caps, queue, type] : std::vector<Case>{
             {V4L2_CAP_VIDEO_CAPTURE, Queue::capture, V4L2_BUF_TYPE_VIDEO_CAPTURE},
             {V4L2_CAP_VIDEO_OUTPUT, Queue::output, V4L2_BUF_TYPE_VIDEO_OUTPUT},
             {V4L2_CAP_VIDEO_CAPTURE_MPLANE, Queue::capture, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE},
             {V4L2_CAP_VIDEO_OUTPUT_MPLANE, Queue::output, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE},
             {V4L2_CAP_VIDEO_M2M, Queue::capture, V4L2_BUF_TYPE_VIDEO_CAPTURE},
             {V4L2_CAP_VIDEO_M2M, Queue::output, V4L2_BUF_TYPE_VIDEO_OUTPUT},
             {V4L2_CAP_VIDEO_M2M_MPLANE, Queue::capture, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE},
             {V4L2_CAP_VIDEO_M2M_MPLANE, Queue::output, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE}}) {
        test::FakeV4l2 driver;
        driver.device_caps = caps;
        std::vector<v4l2_heap> asked;
        driver.enumerate = [&](v4l2_heap& entry) {
            asked.push_back(entry);
            return EINVAL;
        };
        ASSERT_TRUE(Consumer::v4l2(driver.fd(), queue));
        ASSERT_EQ(asked.size(), 1U);
        EXPECT_EQ(asked[0].type, type);
        EXPECT_EQ(asked[0].index, 0U);
        for (const __u32 word : asked[0].reserved)
            EXPECT_EQ(word, 0U);
    }
}

TEST(V4l2Consumer, OfAQueueThatTheDeviceDoesNotHaveIsEinval) {
    test::FakeV4l2 driver;
    driver.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_META_OUTPUT;
    const auto consumer = Consumer::v4l2(driver.fd(), Queue::output);
    ASSERT_FALSE(consumer);
    EXPECT_EQ(consumer.error().message(),
              "cannot find the output queue (/dev/null): Invalid argument. The device has no such "
              "queue for video: name the other one, or another device.");
}

TEST(V4l2Consumer, WithoutTheIoctlIsUnknownAndSaysWhy) {
    const test::FakeV4l2 driver;
    const auto consumer = Consumer::v4l2(driver.fd(), Queue::capture);
    ASSERT_TRUE(consumer);
    EXPECT_FALSE(consumer->usable()->known());
    EXPECT_EQ(consumer->usable()->unknown_because, "the driver does not have VIDIOC_ENUM_HEAPS");
}

// Upstream may give the number to another call, which must not be made.
TEST(V4l2Consumer, OfAKernelThatDoesNotShowTheIoctlIsNotAsked) {
    test::FakeV4l2 driver;
    driver.lists_no_usable_heaps();
    driver.enumerate = [](v4l2_heap&) {
        ADD_FAILURE();
        return EINVAL;
    };
    const auto consumer = Consumer::v4l2(driver.fd(), Queue::capture);
    ASSERT_TRUE(consumer);
    EXPECT_EQ(consumer->usable()->unknown_because, "the kernel does not have VIDIOC_ENUM_HEAPS");
}

TEST(V4l2Consumer, OfAQueueThatListsNoneIsKnownToUseNone) {
    test::FakeV4l2 driver;
    driver.enumerate = queue_listing({});
    const auto consumer = Consumer::v4l2(driver.fd(), Queue::capture);
    ASSERT_TRUE(consumer);
    EXPECT_TRUE(consumer->usable()->known());
    EXPECT_TRUE(consumer->usable()->heaps.empty());
}

TEST(V4l2Consumer, OfWhatIsNoVideoDeviceIsEnotty) {
    const UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto consumer = Consumer::v4l2(fd.get(), Queue::capture);
    ASSERT_FALSE(consumer);
    EXPECT_EQ(consumer.error().code, ENOTTY);
    EXPECT_EQ(consumer.error().hint, "The descriptor is no V4L2 device.");
    EXPECT_EQ(Consumer::v4l2(-1, Queue::capture).error().code, EBADF);
}

TEST(V4l2Consumer, IsAskedAgainWhereASignalInterrupts) {
    test::FakeV4l2 driver;
    driver.enumerate = queue_listing({"system"});
    driver.interruptions = 3;
    EXPECT_TRUE(Consumer::v4l2(driver.fd(), Queue::capture));
}

TEST(V4l2Consumer, LeavesNoDescriptorOpen) {
    const test::FakeV4l2 driver;
    const auto before = test::open_fd_count();
    EXPECT_TRUE(Consumer::v4l2(driver.fd(), Queue::capture));
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(UsableHeapsOfADriver, AListWithoutAnEndIsEoverflow) {
    test::FakeV4l2 driver;
    std::uint32_t calls = 0;
    driver.enumerate = [&](v4l2_heap& entry) {
        fill(entry.name, "heap" + std::to_string(entry.index));
        ++calls;
        return 0;
    };
    const auto heaps = ask_queue(driver);
    ASSERT_FALSE(heaps);
    EXPECT_EQ(heaps.error().code, EOVERFLOW);
    EXPECT_EQ(calls, 256U);
}

TEST(UsableHeapsOfADriver, ANameThatIsRepeatedOrMissingIsLeftOut) {
    test::FakeV4l2 driver;
    driver.enumerate = queue_listing({"a", "", "b", "a", "b"});
    const auto heaps = ask_queue(driver);
    ASSERT_TRUE(heaps);
    EXPECT_EQ(names_of(heaps->usable), (Names{"a", "b"}));
    EXPECT_TRUE(heaps->usable.heaps[0].bound);
}

TEST(UsableHeapsOfADriver, ANameWithoutAnEndEndsWithItsField) {
    test::FakeV4l2 driver;
    driver.enumerate = [](v4l2_heap& entry) {
        if (entry.index > 0)
            return EINVAL;
        fill(entry.use, std::string(32, 'u'));
        fill(entry.name, std::string(64, 'n'));
        fill(entry.cgroup_region, std::string(64, 'r'));
        entry.accounting = DMA_HEAP_ACCOUNT_DMEM;
        entry.flags = ~(V4L2_HEAP_FL_DEFAULT | V4L2_HEAP_FL_PART);
        return 0;
    };
    const auto heaps = ask_queue(driver);
    ASSERT_TRUE(heaps);
    EXPECT_EQ(heaps->use, std::string(32, 'u'));
    EXPECT_EQ(names_of(heaps->usable), Names{std::string(64, 'n')});
    EXPECT_EQ(heaps->usable.heaps[0].accounting.region, std::string(64, 'r'));
}

TEST(UsableHeapsOfADriver, SayWhoPays) {
    test::FakeV4l2 driver;
    driver.enumerate = [](v4l2_heap& entry) {
        if (entry.index > 3)
            return EINVAL;
        fill(entry.name, "heap" + std::to_string(entry.index));
        fill(entry.cgroup_region, "region");
        entry.accounting = entry.index;
        return 0;
    };
    const auto heaps = ask_queue(driver);
    ASSERT_TRUE(heaps);
    const auto accounting = [&](std::size_t i) { return heaps->usable.heaps.at(i).accounting; };
    EXPECT_EQ(accounting(0).controller, Controller::none);
    EXPECT_EQ(accounting(1).controller, Controller::memcg);
    EXPECT_EQ(accounting(1).region, std::nullopt);
    EXPECT_EQ(accounting(2).controller, Controller::dmem);
    EXPECT_EQ(accounting(2).region, "region");
    EXPECT_EQ(accounting(3).controller, std::nullopt);
    EXPECT_EQ(accounting(3).unknown_because, "the driver says 3, which is none of 0, 1, 2");
}

TEST(UsableHeapsOfADriver, SayWhereThereAreBuffersAndWhatTheDriverTakesByItself) {
    test::FakeV4l2 driver;
    driver.enumerate = test::video_listing(
        {{.use = "bitstream", .name = "a", .flags = V4L2_HEAP_FL_BOUND},
         {.use = "bitstream", .name = "b", .flags = V4L2_HEAP_FL_IN_USE | V4L2_HEAP_FL_IMPORT_ONLY},
         {.use = "bitstream",
          .name = "cma",
          .flags = V4L2_HEAP_FL_DEFAULT | V4L2_HEAP_FL_BOUND | V4L2_HEAP_FL_IN_USE}});
    const auto heaps = ask_queue(driver);
    ASSERT_TRUE(heaps);
    EXPECT_EQ(heaps->use, "bitstream");
    EXPECT_EQ(names_of(heaps->usable), (Names{"a", "b"}));
    EXPECT_FALSE(heaps->usable.heaps[0].in_use);
    EXPECT_TRUE(heaps->usable.heaps[1].in_use);
    EXPECT_FALSE(heaps->usable.heaps[1].bound);
    EXPECT_FALSE(heaps->usable.heaps[0].import_only);
    EXPECT_TRUE(heaps->usable.heaps[1].import_only);
    ASSERT_TRUE(heaps->usable.by_driver);
    EXPECT_EQ(heaps->usable.by_driver->name, "cma");
    EXPECT_TRUE(heaps->usable.by_driver->bound);
    EXPECT_TRUE(heaps->usable.by_driver->in_use);
    EXPECT_EQ(heaps->usable.by_driver->accounting.controller, Controller::none);
}

TEST(UsableHeapsOfADriver, WhatItTakesByItselfNeedNotHaveAName) {
    test::FakeV4l2 driver;
    driver.enumerate = test::video_listing({{.name = "", .flags = V4L2_HEAP_FL_DEFAULT}});
    const auto heaps = ask_queue(driver);
    ASSERT_TRUE(heaps);
    EXPECT_TRUE(heaps->usable.heaps.empty());
    ASSERT_TRUE(heaps->usable.by_driver);
    EXPECT_FALSE(heaps->usable.by_driver->bound);
}

TEST(HiddenHeapsOfADriver, AreThoseOfOneUseAfterTheOther) {
    test::FakeV4l2 driver;
    driver.enumerate =
        test::video_listing({}, {{.use = "reference", .name = "a", .flags = V4L2_HEAP_FL_BOUND},
                                 {.use = "reference", .name = "b"},
                                 {.use = "motion", .name = "frame", .flags = V4L2_HEAP_FL_PART},
                                 {.use = "metadata", .name = "a"},
                                 {.use = "metadata", .name = "", .flags = V4L2_HEAP_FL_DEFAULT}});
    const auto list = ask_video_heaps(driver.fd(), 0);
    ASSERT_TRUE(list);
    ASSERT_EQ(list->uses.size(), 3U);
    EXPECT_EQ(list->uses[0].use, "reference");
    EXPECT_EQ(names_of(list->uses[0].usable), (Names{"a", "b"}));
    EXPECT_EQ(list->uses[1].use, "motion");
    EXPECT_EQ(list->uses[1].part_of, "frame");
    EXPECT_TRUE(list->uses[1].usable.heaps.empty());
    EXPECT_EQ(list->uses[2].use, "metadata");
    EXPECT_EQ(names_of(list->uses[2].usable), Names{"a"});
    EXPECT_TRUE(list->uses[2].usable.by_driver);
}

TEST(UseOfAQueue, ThatTheDriverDoesNotSayIsBitstreamForTheCodedSideOfACodec) {
    test::FakeV4l2 driver;
    EXPECT_EQ(ask_queue(driver)->use, "frame");
    driver.format_flags = V4L2_FMT_FLAG_COMPRESSED;
    EXPECT_EQ(ask_queue(driver)->use, "bitstream");
    driver.device_caps = V4L2_CAP_VIDEO_CAPTURE; // A camera that gives JPEG.
    EXPECT_EQ(ask_queue(driver)->use, "frame");
    driver.enumerate = test::video_listing({{.use = "scratch", .name = "a"}});
    EXPECT_EQ(ask_queue(driver)->use, "scratch");
}

TEST(VideoFormatOfADriver, IsWhatIsSetOnTheQueue) {
    test::FakeV4l2 driver;
    EXPECT_EQ(uapi::v4l2_video_format(driver.fd(), V4L2_BUF_TYPE_VIDEO_CAPTURE), std::nullopt);
    driver.format = [](v4l2_format& format) {
        if (V4L2_TYPE_IS_MULTIPLANAR(format.type)) {
            format.fmt.pix_mp.width = 64;
            format.fmt.pix_mp.height = 48;
            format.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12M;
            format.fmt.pix_mp.plane_fmt[0].bytesperline = 128;
            format.fmt.pix_mp.num_planes = 2;
        } else {
            format.fmt.pix.width = 64;
            format.fmt.pix.height = 48;
            format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUV420;
            format.fmt.pix.bytesperline = 96;
        }
        return 0;
    };
    EXPECT_EQ(uapi::v4l2_video_format(driver.fd(), V4L2_BUF_TYPE_VIDEO_CAPTURE),
              (VideoFormat{.pixel_format = V4L2_PIX_FMT_YUV420,
                           .width = 64,
                           .height = 48,
                           .stride = 96,
                           .buffers = 1}));
    EXPECT_EQ(uapi::v4l2_video_format(driver.fd(), V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE),
              (VideoFormat{.pixel_format = V4L2_PIX_FMT_NV12M,
                           .width = 64,
                           .height = 48,
                           .stride = 128,
                           .buffers = 2}));
}

TEST(UsableHeapsOfADriver, AnyOtherErrnoIsPassedOn) {
    test::FakeV4l2 driver;
    for (const int code : {EIO, ENODEV, EFAULT}) {
        driver.enumerate = [&](v4l2_heap&) { return code; };
        const auto list = ask_video_heaps(driver.fd(), 0);
        ASSERT_FALSE(list);
        EXPECT_EQ(list.error().code, code);
        EXPECT_EQ(list.error().subject, "VIDIOC_ENUM_HEAPS, type 0, entry 0");
    }
}

TEST(UsableHeapsOfADriver, EnottyInTheMiddleIsAnError) {
    test::FakeV4l2 driver;
    driver.enumerate = [](v4l2_heap& entry) {
        fill(entry.name, "a");
        return entry.index == 0 ? 0 : ENOTTY;
    };
    EXPECT_EQ(ask_queue(driver).error().code, ENOTTY);
}

} // namespace
} // namespace heapsel
