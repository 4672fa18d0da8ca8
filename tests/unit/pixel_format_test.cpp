// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/pixel_format.hpp>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>

namespace heapsel {
namespace {

TEST(FormatName, IsTheFourCharactersWithoutBlanks) {
    EXPECT_EQ(format_name(DRM_FORMAT_NV12), "NV12");
    EXPECT_EQ(format_name(DRM_FORMAT_R8), "R8");
    EXPECT_EQ(format_name(DRM_FORMAT_XRGB8888, no_modifier), "XR24");
    EXPECT_EQ(format_name(DRM_FORMAT_XRGB8888, 0x10), "XR24 with modifier 0x10");
}

TEST(FormatName, OfWhatIsNotPrintableIsANumber) {
    EXPECT_EQ(format_name(DRM_FORMAT_XRGB8888 | DRM_FORMAT_BIG_ENDIAN), "0xb4325258");
    EXPECT_EQ(format_name(0), "0x00000000");
    EXPECT_EQ(format_name(fourcc_code('\x1b', '[', '1', 'm')), "0x6d315b1b");
    EXPECT_EQ(format_name(fourcc_code(' ', ' ', ' ', ' ')), "0x20202020");
    EXPECT_EQ(format_name(fourcc_code('A', ' ', 'B', ' ')), "0x20422041");
}

TEST(FormatCalled, ReadsOneToFourCharacters) {
    EXPECT_EQ(parse_format("NV12"), DRM_FORMAT_NV12);
    EXPECT_EQ(parse_format("R8"), DRM_FORMAT_R8);
    for (const char* const bad : {"", "XRGB8888", "NV 1", "N\xff", "\n"})
        EXPECT_EQ(parse_format(bad), std::nullopt) << bad;
}

TEST(FormatOfV4l2, IsTheSameCodeOrTheOneForTheSameBytes) {
    EXPECT_EQ(format_of_v4l2(V4L2_PIX_FMT_NV12), DRM_FORMAT_NV12);
    EXPECT_EQ(format_of_v4l2(V4L2_PIX_FMT_YUV420), DRM_FORMAT_YUV420);
    EXPECT_EQ(format_of_v4l2(V4L2_PIX_FMT_XBGR32), DRM_FORMAT_XRGB8888);
    EXPECT_EQ(format_of_v4l2(V4L2_PIX_FMT_NV12M), DRM_FORMAT_NV12);
    EXPECT_EQ(format_of_v4l2(V4L2_PIX_FMT_RGB24), DRM_FORMAT_BGR888);
    EXPECT_EQ(format_of_v4l2(V4L2_PIX_FMT_GREY), DRM_FORMAT_R8);
}

} // namespace
} // namespace heapsel
