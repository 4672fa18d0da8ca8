// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer_layout.hpp>

#include <cerrno>
#include <limits>
#include <string>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>

namespace heapsel {
namespace {

using Planes = std::vector<PlaneLayout>;
using Sizes = std::vector<std::uint32_t>;

constexpr auto most = std::numeric_limits<std::uint32_t>::max();

PlaneLayout in(std::size_t buffer, std::uint32_t offset, std::uint32_t stride, std::uint32_t size) {
    return {.buffer = buffer, .offset = offset, .stride = stride, .size = size};
}

std::string refusal(std::uint32_t format, std::uint32_t width, std::uint32_t height,
                    const Alignment& alignment = {},
                    PlanePlacement placement = PlanePlacement::one_buffer) {
    return buffer_layout(format, width, height, alignment, placement).error().message();
}

TEST(BufferLayout, HasThePlanesOneBehindTheOther) {
    const auto nv12 = buffer_layout(DRM_FORMAT_NV12, 64, 48);
    ASSERT_TRUE(nv12);
    EXPECT_EQ(nv12->planes, (Planes{in(0, 0, 64, 3072), in(0, 3072, 64, 1536)}));
    EXPECT_EQ(nv12->buffer_sizes, Sizes{4608});
    const auto yuv = buffer_layout(DRM_FORMAT_YUV420, 64, 48);
    EXPECT_EQ(yuv->planes,
              (Planes{in(0, 0, 64, 3072), in(0, 3072, 32, 768), in(0, 3840, 32, 768)}));
    EXPECT_EQ(buffer_layout(DRM_FORMAT_XRGB8888, 64, 48)->buffer_sizes, Sizes{12288});
    EXPECT_EQ(buffer_layout(DRM_FORMAT_NV24, 64, 48)->planes,
              (Planes{in(0, 0, 64, 3072), in(0, 3072, 128, 6144)}));
}

TEST(BufferLayout, HasEachPlaneInADmaBufOfItsOwn) {
    const auto layout =
        buffer_layout(DRM_FORMAT_NV12, 64, 48, {.offset = 4096}, PlanePlacement::buffer_per_plane);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->planes, (Planes{in(0, 0, 64, 3072), in(1, 0, 64, 1536)}));
    EXPECT_EQ(layout->buffer_sizes, (Sizes{3072, 1536}));
}

TEST(BufferLayout, AlignsStridesOffsetsAndSizes) {
    const Alignment alignment{.stride = 48, .offset = 4096, .size = 1000};
    const auto layout = buffer_layout(DRM_FORMAT_NV12, 100, 10, alignment);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->planes, (Planes{in(0, 0, 144, 2000), in(0, 4096, 144, 1000)}));
    EXPECT_EQ(layout->buffer_sizes, Sizes{5096});
}

TEST(BufferLayout, KeepsTheRatioOfStridesWhereEachIsAligned) {
    const auto layout = buffer_layout(DRM_FORMAT_YUV420, 66, 2, {.stride = 64});
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->planes[0].stride, 128U);
    EXPECT_EQ(layout->planes[1].stride, 64U);
    EXPECT_EQ(buffer_layout(DRM_FORMAT_NV24, 66, 2, {.stride = 64})->planes[1].stride, 256U);
}

TEST(BufferLayout, OfAnOddSizeHasRoomForTheChromaOfItsLastPixels) {
    const auto layout = buffer_layout(DRM_FORMAT_NV12, 5, 3);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->planes, (Planes{in(0, 0, 6, 18), in(0, 18, 6, 12)}));
    EXPECT_EQ(buffer_layout(DRM_FORMAT_RGB888, 5, 3)->planes, (Planes{in(0, 0, 15, 45)}));
}

TEST(BufferLayout, OfAnUnknownFormatIsEinval) {
    EXPECT_EQ(refusal(0x30323449, 64, 48), "cannot lay out a frame (I420 of 64x48): Invalid "
                                           "argument. The planes of this format are not known.");
}

TEST(BufferLayout, OfNoPixelsIsEinval) {
    for (const auto& [width, height] : {std::pair{0, 48}, {64, 0}})
        EXPECT_EQ(refusal(DRM_FORMAT_NV12, width, height),
                  "cannot lay out a frame (NV12 of " + std::to_string(width) + "x" +
                      std::to_string(height) + "): Invalid argument. A frame is at least 1x1.");
}

TEST(BufferLayout, UnderAnAlignmentOfZeroIsEinval) {
    for (const Alignment& alignment :
         {Alignment{.stride = 0}, Alignment{.offset = 0}, Alignment{.size = 0}})
        EXPECT_EQ(refusal(DRM_FORMAT_NV12, 64, 48, alignment),
                  "cannot lay out a frame (NV12 of 64x48): Invalid argument. An alignment is at "
                  "least 1 byte.");
}

TEST(BufferLayout, ThatDoesNotFitIsEoverflow) {
    const std::string hint = "): Value too large for defined data type. A dma-buf of a frame is "
                             "smaller than 4 GiB.";
    EXPECT_EQ(refusal(DRM_FORMAT_XRGB8888, most, most),
              "cannot lay out a frame (XR24 of 4294967295x4294967295" + hint);
    for (const Alignment& alignment :
         {Alignment{.stride = most}, Alignment{.offset = most}, Alignment{.size = most}})
        EXPECT_EQ(refusal(DRM_FORMAT_NV12, 64, 48, alignment),
                  "cannot lay out a frame (NV12 of 64x48" + hint);
    EXPECT_TRUE(buffer_layout(DRM_FORMAT_R8, most, 1));
    EXPECT_EQ(refusal(DRM_FORMAT_R8, most, 2), "cannot lay out a frame (R8 of 4294967295x2" + hint);
}

/// The offsets, strides and sizes that libcamera computes of the same formats.
TEST(BufferLayoutOfAStride, KeepsTheRatioOfTheFormatsPlanes) {
    const auto planes = [](std::uint32_t format, std::uint32_t stride) {
        return buffer_layout_of_stride(format, 640, 481, stride)->planes;
    };
    EXPECT_EQ(planes(DRM_FORMAT_NV12, 704),
              (Planes{in(0, 0, 704, 338624), in(0, 338624, 704, 169664)}));
    EXPECT_EQ(
        planes(DRM_FORMAT_YUV420, 704),
        (Planes{in(0, 0, 704, 338624), in(0, 338624, 352, 84832), in(0, 423456, 352, 84832)}));
    EXPECT_EQ(
        planes(DRM_FORMAT_YUV422, 705),
        (Planes{in(0, 0, 705, 339105), in(0, 339105, 352, 169312), in(0, 508417, 352, 169312)}));
    EXPECT_EQ(planes(DRM_FORMAT_NV24, 640),
              (Planes{in(0, 0, 640, 307840), in(0, 307840, 1280, 615680)}));
    EXPECT_EQ(planes(DRM_FORMAT_RGB888, 2048), Planes{in(0, 0, 2048, 985088)});
    EXPECT_EQ(buffer_layout_of_stride(DRM_FORMAT_NV12, 640, 480, 640)->buffer_sizes, Sizes{460800});
}

TEST(BufferLayoutOfAStride, ThatCannotBeIsRefused) {
    EXPECT_EQ(
        buffer_layout_of_stride(DRM_FORMAT_NV12, 640, 480, 639).error().message(),
        "cannot lay out a frame (NV12 of 640x480): Invalid argument. A line of 640 bytes does "
        "not fit into 639 bytes.");
    EXPECT_EQ(buffer_layout_of_stride(DRM_FORMAT_NV12, 0, 480, 640).error().code, EINVAL);
    EXPECT_EQ(buffer_layout_of_stride(0x41424344, 640, 480, 640).error().code, EINVAL);
    EXPECT_EQ(buffer_layout_of_stride(DRM_FORMAT_R8, 1, 2, most).error().code, EOVERFLOW);
}

TEST(BufferLayout, OfPlainDataIsOnePlane) {
    EXPECT_EQ(plain_layout(100).planes, Planes{in(0, 0, 100, 100)});
    EXPECT_EQ(plain_layout(100).buffer_sizes, Sizes{100});
}

} // namespace
} // namespace heapsel
