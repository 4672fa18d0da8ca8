// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/frame_layout.hpp"

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>

namespace heapsel {
namespace {

using ColourPlanes = std::vector<ColourPlane>;

constexpr ColourPlane at(std::uint32_t pitch, std::uint32_t offset) {
    return {.pitch = pitch, .offset = offset};
}

constexpr FrameSize frame_size{.width = 64, .height = 48};

TEST(FrameLayout, HasThePlanesOfColourOneBehindTheOther) {
    struct Case {
        std::uint32_t format;
        std::uint32_t bits;
        ColourPlanes planes;
        std::uint64_t bytes;
    };
    for (const auto& [format, bits, planes, bytes] : std::vector<Case>{
             {.format = DRM_FORMAT_XRGB8888, .bits = 32, .planes = {at(256, 0)}, .bytes = 12288},
             {.format = DRM_FORMAT_RGB888, .bits = 24, .planes = {at(192, 0)}, .bytes = 9216},
             {.format = DRM_FORMAT_YUYV, .bits = 16, .planes = {at(128, 0)}, .bytes = 6144},
             {.format = DRM_FORMAT_NV12,
              .bits = 8,
              .planes = {at(64, 0), at(64, 3072)},
              .bytes = 4608},
             {.format = DRM_FORMAT_NV16,
              .bits = 8,
              .planes = {at(64, 0), at(64, 3072)},
              .bytes = 6144},
             {.format = DRM_FORMAT_NV24,
              .bits = 8,
              .planes = {at(64, 0), at(128, 3072)},
              .bytes = 9216},
             {.format = DRM_FORMAT_P010,
              .bits = 16,
              .planes = {at(128, 0), at(128, 6144)},
              .bytes = 9216},
             {.format = DRM_FORMAT_YUV420,
              .bits = 8,
              .planes = {at(64, 0), at(32, 3072), at(32, 3840)},
              .bytes = 4608},
             {.format = DRM_FORMAT_YUV444,
              .bits = 8,
              .planes = {at(64, 0), at(64, 3072), at(64, 6144)},
              .bytes = 9216}}) {
        const auto layout = frame_layout(format, frame_size, 0);
        ASSERT_TRUE(layout);
        EXPECT_EQ(bits_per_pixel(format), bits);
        EXPECT_EQ(layout->planes, planes) << bits;
        EXPECT_EQ(layout->bytes, bytes);
        EXPECT_EQ(layout->size, frame_size);
    }
}

TEST(FrameLayout, WithLongerLinesHasThemInEachPlane) {
    const auto layout = frame_layout(DRM_FORMAT_YUV420, frame_size, 256);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->planes, (ColourPlanes{at(256, 0), at(128, 12288), at(128, 15360)}));
    EXPECT_EQ(layout->bytes, 18432U);
}

TEST(FrameLayout, IsNoneWhereTheLinesAreTooShortOrTheFrameTooLarge) {
    EXPECT_EQ(frame_layout(DRM_FORMAT_XRGB8888, frame_size, 255), std::nullopt);
    EXPECT_EQ(frame_layout(DRM_FORMAT_XRGB8888, {.width = 1U << 30U, .height = 1}, 0),
              std::nullopt);
    EXPECT_EQ(frame_layout(DRM_FORMAT_NV12, {.width = 1U << 16U, .height = (1U << 16U) + 2}, 0),
              std::nullopt);
}

TEST(FrameLayout, OfAFormatThatIsNotKnownIsNone) {
    for (const std::uint32_t format : {DRM_FORMAT_YUV420_8BIT, DRM_FORMAT_NV15, 0U}) {
        EXPECT_EQ(frame_layout(format, frame_size, 0), std::nullopt);
        EXPECT_EQ(bits_per_pixel(format), std::nullopt);
    }
}

} // namespace
} // namespace heapsel
