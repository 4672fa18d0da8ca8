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

/// A driver that lists `names`, the first of them active.
auto queue_listing(Names names) {
    return test::listing<v4l2_heap>(std::move(names), EINVAL, V4L2_HEAP_FL_ACTIVE);
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
    EXPECT_TRUE(consumer->usable()->heaps[0].active);
    EXPECT_FALSE(consumer->usable()->heaps[1].active);
}

TEST(V4l2Consumer, AsksForFramesOfTheTypeThatTheQueueHas) {
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
        EXPECT_EQ(asked[0].role, 0U);
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
    const auto usable = ask_usable_heaps(driver.fd(), Role::frame, 1);
    ASSERT_FALSE(usable);
    EXPECT_EQ(usable.error().code, EOVERFLOW);
    EXPECT_EQ(calls, 256U);
}

TEST(UsableHeapsOfADriver, ANameThatIsRepeatedOrMissingIsLeftOut) {
    test::FakeV4l2 driver;
    driver.enumerate = queue_listing({"a", "", "b", "a", "b"});
    const auto usable = ask_usable_heaps(driver.fd(), Role::frame, 1);
    ASSERT_TRUE(usable);
    EXPECT_EQ(names_of(*usable), (Names{"a", "b"}));
    EXPECT_TRUE(usable->heaps[0].active);
}

TEST(UsableHeapsOfADriver, ANameWithoutAnEndEndsWithItsField) {
    test::FakeV4l2 driver;
    driver.enumerate = [](v4l2_heap& entry) {
        if (entry.index > 0)
            return EINVAL;
        fill(entry.name, std::string(64, 'n'));
        fill(entry.cgroup_region, std::string(64, 'r'));
        entry.accounting = DMA_HEAP_ACCOUNT_DMEM;
        entry.flags = ~0U;
        return 0;
    };
    const auto usable = ask_usable_heaps(driver.fd(), Role::metadata, 0);
    ASSERT_TRUE(usable);
    EXPECT_EQ(names_of(*usable), Names{std::string(64, 'n')});
    EXPECT_EQ(usable->heaps[0].accounting.region, std::string(64, 'r'));
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
    const auto usable = ask_usable_heaps(driver.fd(), Role::reference, 0);
    ASSERT_TRUE(usable);
    const auto accounting = [&](std::size_t i) { return usable->heaps.at(i).accounting; };
    EXPECT_EQ(accounting(0).controller, Controller::none);
    EXPECT_EQ(accounting(1).controller, Controller::memcg);
    EXPECT_EQ(accounting(1).region, std::nullopt);
    EXPECT_EQ(accounting(2).controller, Controller::dmem);
    EXPECT_EQ(accounting(2).region, "region");
    EXPECT_EQ(accounting(3).controller, std::nullopt);
    EXPECT_EQ(accounting(3).unknown_because, "the driver says 3, which is none of 0, 1, 2");
}

TEST(V4l2PixelFormat, IsWhatIsSetOnTheQueue) {
    test::FakeV4l2 driver;
    EXPECT_EQ(uapi::v4l2_pixel_format(driver.fd(), V4L2_BUF_TYPE_VIDEO_CAPTURE), std::nullopt);
    driver.format = [](v4l2_format& format) {
        if (V4L2_TYPE_IS_MULTIPLANAR(format.type))
            format.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12M;
        else
            format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUV420;
        return 0;
    };
    EXPECT_EQ(uapi::v4l2_pixel_format(driver.fd(), V4L2_BUF_TYPE_VIDEO_CAPTURE),
              V4L2_PIX_FMT_YUV420);
    EXPECT_EQ(uapi::v4l2_pixel_format(driver.fd(), V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE),
              V4L2_PIX_FMT_NV12M);
}

TEST(UsableHeapsOfADriver, AnyOtherErrnoIsPassedOn) {
    test::FakeV4l2 driver;
    for (const int code : {EIO, ENODEV, EFAULT}) {
        driver.enumerate = [&](v4l2_heap&) { return code; };
        const auto usable = ask_usable_heaps(driver.fd(), Role::metadata, 0);
        ASSERT_FALSE(usable);
        EXPECT_EQ(usable.error().code, code);
        EXPECT_EQ(usable.error().operation, "list the heaps for the role metadata");
    }
}

TEST(UsableHeapsOfADriver, EnottyInTheMiddleIsAnError) {
    test::FakeV4l2 driver;
    driver.enumerate = [](v4l2_heap& entry) {
        fill(entry.name, "a");
        return entry.index == 0 ? 0 : ENOTTY;
    };
    EXPECT_EQ(ask_usable_heaps(driver.fd(), Role::frame, 1).error().code, ENOTTY);
}

} // namespace
} // namespace heapsel
