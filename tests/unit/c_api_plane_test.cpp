// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/plane.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>

#include "c/handles.hpp"

namespace heapsel {
namespace {

/// A display of one plane, before the memory of its driver's own.
heapsel_devices display_with(std::optional<PlaneType> type, std::string modifiers_unknown_because) {
    DisplayDevice display;
    Plane plane{.id = 31,
                .type = type,
                .formats = {DRM_FORMAT_NV12},
                .modifiers = {},
                .modifiers_unknown_because = std::move(modifiers_unknown_because)};
    if (plane.modifiers_unknown_because.empty())
        plane.modifiers = {{.format = DRM_FORMAT_NV12, .modifier = DRM_FORMAT_MOD_LINEAR},
                           {.format = DRM_FORMAT_NV12, .modifier = 7}};
    display.planes.push_back({.plane = std::move(plane), .usable = {}});
    return c_api::devices_of({}, {display});
}

TEST(CApiPlane, TakesItsFormatsInTheLayoutsThatItsDriverLists) {
    const auto devices = display_with(PlaneType::overlay, "");
    const heapsel_device* const display = heapsel_devices_device(&devices, 0);
    EXPECT_EQ(heapsel_device_memory_plane_type(display, 0), HEAPSEL_PLANE_OVERLAY);
    EXPECT_EQ(heapsel_device_memory_takes(display, 0, DRM_FORMAT_NV12, 7), HEAPSEL_ANSWER_YES);
    EXPECT_EQ(heapsel_device_memory_takes(display, 0, DRM_FORMAT_NV12, 8), HEAPSEL_ANSWER_NO);
    EXPECT_EQ(heapsel_device_memory_takes(display, 0, DRM_FORMAT_NV12, HEAPSEL_NO_MODIFIER),
              HEAPSEL_ANSWER_YES);
    EXPECT_EQ(heapsel_device_memory_takes(display, 0, DRM_FORMAT_R8, HEAPSEL_NO_MODIFIER),
              HEAPSEL_ANSWER_NO);
    ASSERT_EQ(heapsel_device_memory_modifier_count(display, 0), 2U);
    std::uint32_t format = 0;
    std::uint64_t modifier = 0;
    EXPECT_TRUE(heapsel_device_memory_modifier(display, 0, 1, &format, &modifier));
    EXPECT_EQ(format, DRM_FORMAT_NV12);
    EXPECT_EQ(modifier, 7U);
    EXPECT_TRUE(heapsel_device_memory_modifier(display, 0, 0, nullptr, nullptr));
    EXPECT_FALSE(heapsel_device_memory_modifier(display, 0, 2, &format, &modifier));
    EXPECT_EQ(modifier, 7U);
    EXPECT_STREQ(heapsel_device_memory_modifiers_unknown_because(display, 0), "");
}

TEST(CApiPlane, OfWhichTheDriverDoesNotSayIsUnknown) {
    const auto devices = display_with(std::nullopt, "why");
    const heapsel_device* const display = heapsel_devices_device(&devices, 0);
    EXPECT_EQ(heapsel_device_memory_plane_type(display, 0), HEAPSEL_PLANE_UNKNOWN);
    EXPECT_EQ(heapsel_device_memory_takes(display, 0, DRM_FORMAT_NV12, 7), HEAPSEL_ANSWER_UNKNOWN);
    EXPECT_EQ(heapsel_device_memory_modifier_count(display, 0), 0U);
    EXPECT_STREQ(heapsel_device_memory_modifiers_unknown_because(display, 0), "why");
}

TEST(CApiPlane, IsNoneWhereTheMemoryIsTheDriversOwn) {
    const auto devices = display_with(PlaneType::primary, "");
    const heapsel_device* const display = heapsel_devices_device(&devices, 0);
    for (const std::size_t memory : {1U, 2U}) {
        EXPECT_EQ(heapsel_device_memory_plane_type(display, memory), HEAPSEL_PLANE_UNKNOWN);
        EXPECT_EQ(heapsel_device_memory_takes(display, memory, DRM_FORMAT_NV12, 7),
                  HEAPSEL_ANSWER_UNKNOWN);
        EXPECT_EQ(heapsel_device_memory_modifier_count(display, memory), 0U);
        EXPECT_FALSE(heapsel_device_memory_modifier(display, memory, 0, nullptr, nullptr));
        EXPECT_EQ(heapsel_device_memory_modifiers_unknown_because(display, memory), nullptr);
    }
}

} // namespace
} // namespace heapsel
