// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/plane.hpp>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>

#include <heapsel/pixel_format.hpp>

namespace heapsel {
namespace {

Plane plane() {
    return {.id = 31,
            .type = PlaneType::overlay,
            .formats = {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12},
            .modifiers = {{.format = DRM_FORMAT_NV12, .modifier = 7}},
            .modifiers_unknown_because = {}};
}

TEST(PlaneType, IsReadFromItsWord) {
    for (const PlaneType type : all_plane_types)
        EXPECT_EQ(parse_plane_type(to_string(type)), type);
    EXPECT_EQ(parse_plane_type("Primary"), std::nullopt);
    EXPECT_EQ(parse_plane_type(""), std::nullopt);
}

TEST(Plane, TakesItsFormatsInItsModifiers) {
    EXPECT_EQ(plane().takes(DRM_FORMAT_NV12, no_modifier), Answer::yes);
    EXPECT_EQ(plane().takes(DRM_FORMAT_NV12, 7), Answer::yes);
    EXPECT_EQ(plane().takes(DRM_FORMAT_NV12, 0), Answer::no);
    EXPECT_EQ(plane().takes(DRM_FORMAT_XRGB8888, 7), Answer::no);
    EXPECT_EQ(plane().takes(DRM_FORMAT_YUYV, no_modifier), Answer::no);
}

TEST(Plane, WithoutKnownModifiersTakesAFormatAndNobodyKnowsHow) {
    Plane unknown = plane();
    unknown.modifiers.clear();
    unknown.modifiers_unknown_because = "why";
    EXPECT_EQ(unknown.takes(DRM_FORMAT_NV12, no_modifier), Answer::yes);
    EXPECT_EQ(unknown.takes(DRM_FORMAT_NV12, 7), Answer::unknown);
    EXPECT_EQ(unknown.takes(DRM_FORMAT_YUYV, 7), Answer::no);
}

TEST(Plane, IsNamedByTypeAndNumber) {
    EXPECT_EQ(plane().name(), "overlay 31");
    Plane untyped = plane();
    untyped.type.reset();
    EXPECT_EQ(untyped.name(), "plane 31");
}

} // namespace
} // namespace heapsel
