// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/consumer.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "devices/plane_heaps.hpp"
#include "fake_drm.hpp"
#include "heap_listing.hpp"
#include "temporary_directory.hpp"
#include "uapi/drm.hpp"

namespace heapsel {
namespace {

using test::fill;

using test::Names;
using test::names_of;

constexpr std::uint32_t xrgb = DRM_FORMAT_XRGB8888;

using Heaps = std::vector<drm_mode_heap>;

/// A driver that lists `names`, the first of them bound.
auto plane_listing(const Names& names) {
    return test::display_listing(test::frames_from(names));
}

class PlaneConsumer : public testing::Test {
  protected:
    test::FakeDrm driver_;

    [[nodiscard]] Result<Consumer> consumer(std::uint32_t format = xrgb,
                                            std::uint64_t modifier = no_modifier) const {
        return Consumer::drm(driver_.fd(), 31, format, modifier);
    }
    [[nodiscard]] std::string why_unknown(std::uint64_t modifier = no_modifier) const {
        return consumer(xrgb, modifier).value().usable().value().unknown_because;
    }
    [[nodiscard]] Error error(std::uint32_t format = xrgb,
                              std::uint64_t modifier = no_modifier) const {
        return consumer(format, modifier).error();
    }
};

TEST_F(PlaneConsumer, HasTheDriversHeapsInItsOrder) {
    driver_.list_heaps = plane_listing({"nonecc@58000000", "system", "a"});
    const auto asked = consumer();
    ASSERT_TRUE(asked) << asked.error().message();
    EXPECT_EQ(asked->name(), "/dev/null (fake) primary 31 XR24");
    ASSERT_TRUE(asked->usable());
    EXPECT_TRUE(asked->usable()->known());
    EXPECT_EQ(asked->usable()->evidence, "DRM_IOCTL_MODE_LIST_HEAPS");
    EXPECT_EQ(names_of(*asked->usable()), (Names{"nonecc@58000000", "system", "a"}));
    EXPECT_TRUE(asked->usable()->heaps[0].bound);
    EXPECT_FALSE(asked->usable()->heaps[1].bound);
}

TEST_F(PlaneConsumer, AsksForFramesOfThatPlaneFormatAndModifier) {
    std::vector<drm_mode_list_heaps> asked;
    driver_.list_heaps = [&](const drm_mode_list_heaps& request, Heaps&) {
        asked.push_back(request);
        return 0;
    };
    ASSERT_TRUE(consumer());
    EXPECT_EQ(consumer(DRM_FORMAT_NV12, 0)->name(),
              "/dev/null (fake) primary 31 NV12 with modifier 0x0");
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_EQ(asked[0].plane_id, 31U);
    EXPECT_EQ(asked[0].pixel_format, DRM_FORMAT_XRGB8888);
    EXPECT_EQ(asked[0].modifier, DRM_FORMAT_MOD_INVALID);
    EXPECT_EQ(asked[1].pixel_format, DRM_FORMAT_NV12);
    EXPECT_EQ(asked[1].modifier, DRM_FORMAT_MOD_LINEAR);
    for (const auto& request : asked)
        EXPECT_EQ(request.pad, 0U);
}

TEST_F(PlaneConsumer, WithoutTheIoctlIsUnknownAndSaysWhy) {
    EXPECT_EQ(why_unknown(), "the kernel does not have DRM_IOCTL_MODE_LIST_HEAPS");
    EXPECT_EQ(why_unknown(0), "the kernel does not have DRM_IOCTL_MODE_LIST_HEAPS");
}

// Upstream may give the number to another call, which must not be made.
TEST_F(PlaneConsumer, OfAKernelThatDoesNotShowTheIoctlIsNotAsked) {
    driver_.lists_no_usable_heaps();
    driver_.list_heaps = [](const drm_mode_list_heaps&, Heaps&) {
        ADD_FAILURE();
        return 0;
    };
    EXPECT_EQ(why_unknown(), "the kernel does not have DRM_IOCTL_MODE_LIST_HEAPS");
}

TEST_F(PlaneConsumer, OfADriverWithoutHeapsIsUnknownAndSaysWhy) {
    driver_.list_heaps = [](const drm_mode_list_heaps&, Heaps&) { return EOPNOTSUPP; };
    EXPECT_EQ(why_unknown(),
              "the driver takes nothing from heaps, and does not say what it can show from");
}

TEST_F(PlaneConsumer, OfAPlaneThatListsNoneIsKnownToUseNone) {
    driver_.list_heaps = plane_listing({});
    const auto asked = consumer();
    ASSERT_TRUE(asked);
    EXPECT_TRUE(asked->usable()->known());
    EXPECT_TRUE(asked->usable()->heaps.empty());
}

TEST_F(PlaneConsumer, OfAFormatThatThePlaneDoesNotTakeIsEinvalWithThoseThatItTakes) {
    driver_.list_heaps = plane_listing({"system"});
    EXPECT_EQ(error(DRM_FORMAT_YUYV).message(),
              "cannot show YUYV on a plane (primary 31): Invalid argument. It takes: XR24, NV12.");
    EXPECT_EQ(error(xrgb, 7).message(), "cannot show XR24 with modifier 0x7 on a plane (primary "
                                        "31): Invalid argument. It takes that format with: 0x0.");
    EXPECT_EQ(error(xrgb, 7).code, EINVAL);
    driver_.planes[31].in_formats = test::in_formats({DRM_FORMAT_NV12}, {0});
    EXPECT_EQ(error(xrgb, 0).hint, "It takes that format with no modifier at all.");
    driver_.planes[31].formats.clear();
    EXPECT_EQ(error().hint, "It takes no format at all.");
}

TEST_F(PlaneConsumer, OfAPlaneThatIsNotThereIsEnoent) {
    const auto asked = Consumer::drm(driver_.fd(), 32, xrgb);
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().message(), "cannot look at the plane 32 (DRM_IOCTL_MODE_GETPLANE): No "
                                       "such file or directory. The device has no such plane.");
}

TEST_F(PlaneConsumer, OfADeviceWithoutModesettingIsEopnotsupp) {
    driver_.errors[DRM_IOCTL_MODE_GETPLANE] = EOPNOTSUPP;
    EXPECT_EQ(error().code, EOPNOTSUPP);
    EXPECT_EQ(error().hint, "The driver of the device does no modesetting.");
}

TEST_F(PlaneConsumer, OfARenderNodeIsEacces) {
    driver_.errors[DRM_IOCTL_MODE_GETPLANE] = EACCES;
    EXPECT_EQ(error().code, EACCES);
    EXPECT_EQ(error().hint, "A render node has no planes: open the device's /dev/dri/cardN.");
}

TEST_F(PlaneConsumer, OfWhatIsNoDrmDeviceIsEnotty) {
    const UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto asked = Consumer::drm(fd.get(), 31, xrgb);
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ENOTTY);
    EXPECT_EQ(asked.error().hint, "The descriptor is no DRM device.");
    EXPECT_EQ(Consumer::drm(-1, 31, xrgb).error().code, EBADF);
}

TEST_F(PlaneConsumer, AnyOtherErrnoIsPassedOn) {
    for (const unsigned long request :
         {DRM_IOCTL_VERSION, DRM_IOCTL_MODE_GETPLANE, DRM_IOCTL_MODE_OBJ_GETPROPERTIES,
          DRM_IOCTL_MODE_GETPROPERTY, DRM_IOCTL_MODE_LIST_HEAPS}) {
        for (const int code : {EIO, ENODEV, EFAULT}) {
            driver_.errors = {{request, code}};
            EXPECT_EQ(error().code, code) << request;
        }
    }
}

TEST_F(PlaneConsumer, IsAskedAgainWhereASignalInterrupts) {
    driver_.interruptions = 3;
    EXPECT_TRUE(consumer());
}

TEST_F(PlaneConsumer, LeavesNothingOpen) {
    const auto before = test::open_fd_count();
    EXPECT_TRUE(consumer());
    EXPECT_EQ(test::open_fd_count(), before);
    EXPECT_EQ(driver_.held(), 0U);
}

TEST_F(PlaneConsumer, AListThatGrowsIsAskedForAgainWithMoreRoom) {
    std::size_t calls = 0;
    driver_.list_heaps = [&](const drm_mode_list_heaps&, Heaps& heaps) {
        for (std::size_t i = 0; i < 20; ++i)
            test::fill_in(heaps.emplace_back(), {.name = "heap" + std::to_string(i)});
        ++calls;
        return 0;
    };
    EXPECT_EQ(consumer()->usable()->heaps.size(), 20U);
    EXPECT_EQ(calls, 2U);
}

TEST_F(PlaneConsumer, AListThatGrowsWithEachCallEnds) {
    std::size_t heaps_now = 20;
    driver_.list_heaps = [&](const drm_mode_list_heaps&, Heaps& heaps) {
        heaps.resize(heaps_now++);
        return 0;
    };
    EXPECT_EQ(error().code, EOVERFLOW);
}

TEST_F(PlaneConsumer, AListOfMoreHeapsThanAnyIsEoverflow) {
    driver_.list_heaps = [](const drm_mode_list_heaps&, Heaps& heaps) {
        heaps.resize(257);
        return 0;
    };
    EXPECT_EQ(error().code, EOVERFLOW);
    EXPECT_EQ(error().hint, "The driver is faulty: it lists more than 256.");
}

TEST_F(PlaneConsumer, SaysWhereThereAreBuffersAndWhatTheDriverTakesByItself) {
    driver_.list_heaps =
        test::display_listing({{.name = "a", .flags = DRM_MODE_HEAP_BOUND | DRM_MODE_HEAP_IN_USE},
                               {.name = "b", .flags = DRM_MODE_HEAP_IMPORT_ONLY},
                               {.name = "cma", .flags = DRM_MODE_HEAP_DEFAULT}});
    const UsableHeaps usable = consumer().value().usable().value();
    EXPECT_EQ(names_of(usable), (Names{"a", "b"}));
    EXPECT_TRUE(usable.heaps[0].in_use);
    EXPECT_FALSE(usable.heaps[0].import_only);
    EXPECT_TRUE(usable.heaps[1].import_only);
    ASSERT_TRUE(usable.by_driver);
    EXPECT_EQ(usable.by_driver->name, "cma");
    EXPECT_FALSE(usable.by_driver->bound);
}

TEST_F(PlaneConsumer, WhatStaysInsideTheDriverIsAskedForWithoutAPlane) {
    drm_mode_list_heaps asked{};
    driver_.list_heaps = [&](const drm_mode_list_heaps& request, Heaps& heaps) {
        asked = request;
        test::fill_in(heaps.emplace_back(), {.use = "metadata", .name = "a"});
        return 0;
    };
    const auto list = ask_hidden_heaps(driver_.fd());
    ASSERT_TRUE(list);
    ASSERT_EQ(list->uses.size(), 1U);
    EXPECT_EQ(list->uses[0].use, "metadata");
    EXPECT_EQ(asked.plane_id | asked.pixel_format, 0U);
    EXPECT_EQ(asked.modifier, 0U);
    driver_.list_heaps = [](const drm_mode_list_heaps&, Heaps&) { return EOPNOTSUPP; };
    EXPECT_FALSE(ask_hidden_heaps(driver_.fd())->unknown_because.empty());
}

TEST_F(PlaneConsumer, ANameThatIsRepeatedOrMissingIsLeftOut) {
    driver_.list_heaps = plane_listing({"a", "", "b", "a", "b"});
    EXPECT_EQ(names_of(consumer().value().usable().value()), (Names{"a", "b"}));
}

TEST_F(PlaneConsumer, ANameWithoutAnEndEndsWithItsField) {
    driver_.list_heaps = test::display_listing(
        {{.name = std::string(64, 'n'), .accounting = 2, .cgroup_region = std::string(64, 'r')}});
    const UsableHeaps usable = consumer().value().usable().value();
    EXPECT_EQ(names_of(usable), Names{std::string(64, 'n')});
    EXPECT_EQ(usable.heaps[0].accounting.region, std::string(64, 'r'));
}

TEST_F(PlaneConsumer, WithMalformedInFormatsNobodyKnowsOfModifiers) {
    driver_.planes[31].in_formats.resize(10);
    const std::string why = "cannot read the formats of a plane (IN_FORMATS): Invalid argument. It "
                            "has 10 bytes, fewer than its head.";
    EXPECT_EQ(ask_plane(driver_.fd(), 31)->modifiers_unknown_because, why);
    EXPECT_EQ(why_unknown(), "the kernel does not have DRM_IOCTL_MODE_LIST_HEAPS");
    EXPECT_EQ(why_unknown(0), "the kernel does not have DRM_IOCTL_MODE_LIST_HEAPS, or the plane "
                              "does not take that modifier: " +
                                  why);
    driver_.errors[DRM_IOCTL_MODE_GETPROPBLOB] = ENOENT;
    EXPECT_TRUE(consumer(xrgb, 0));
}

TEST_F(PlaneConsumer, WithoutInFormatsTheKernelIsAskedForAnyModifier) {
    driver_.properties = {"type"};
    driver_.list_heaps = plane_listing({"system"});
    EXPECT_TRUE(consumer(xrgb, 7)->usable()->known());
    EXPECT_EQ(ask_plane(driver_.fd(), 31)->modifiers_unknown_because,
              "the plane has no IN_FORMATS");
}

TEST_F(PlaneConsumer, OfAPlaneWithoutAKnownTypeHasItsNumber) {
    driver_.planes[31].type = 3;
    EXPECT_EQ(consumer()->name(), "/dev/null (fake) plane 31 XR24");
    driver_.properties = {std::string(32, 't')};
    EXPECT_EQ(ask_plane(driver_.fd(), 31)->type, std::nullopt);
    EXPECT_EQ(uapi::drm_plane_properties(driver_.fd(), 31).value().at(0).name,
              std::string(32, 't'));
}

TEST_F(PlaneConsumer, AListLongerThanAnyIsEoverflow) {
    driver_.planes[31].formats.resize(4097);
    EXPECT_EQ(error().code, EOVERFLOW);
    driver_.planes[31].formats.resize(4096);
    EXPECT_TRUE(consumer());
}

TEST_F(PlaneConsumer, AllPlanesAreListedInTheDriversOrder) {
    driver_.planes[40] = {.formats = {DRM_FORMAT_ARGB8888}, .type = 2, .crtc = 0, .in_formats = {}};
    driver_.planes[35] = {.formats = {}, .type = 0, .crtc = 0, .in_formats = {}};
    const auto planes = ask_planes(driver_.fd());
    ASSERT_TRUE(planes);
    ASSERT_EQ(planes->size(), 3U);
    EXPECT_EQ((*planes)[0].name(), "primary 31");
    EXPECT_EQ((*planes)[0].modifiers.size(), 2U);
    EXPECT_EQ((*planes)[1].name(), "overlay 35");
    EXPECT_EQ((*planes)[2].name(), "cursor 40");
    driver_.errors[DRM_IOCTL_MODE_GETPLANERESOURCES] = EOPNOTSUPP;
    EXPECT_EQ(ask_planes(driver_.fd()).error().code, EOPNOTSUPP);
}

} // namespace
} // namespace heapsel
