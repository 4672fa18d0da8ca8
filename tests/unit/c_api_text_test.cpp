// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/consumer.h>
#include <heapsel/c/pixel_format.h>
#include <heapsel/c/text.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include "c_handle.hpp"

namespace heapsel {
namespace {

using test::calling;

/// The text that `function` gives of `arguments`, which is freed as C frees it.
template <typename Function, typename... Arguments>
std::string text_of(Function function, Arguments... arguments) {
    char* text = nullptr;
    EXPECT_EQ(calling(function, arguments..., &text), "0");
    std::string copy = text == nullptr ? "" : text;
    std::free(text);
    return copy;
}

TEST(CApiText, OfAnyBytesIsMadePrintable) {
    EXPECT_EQ(text_of(heapsel_printable, "video@50000000"), "video@50000000");
    EXPECT_EQ(text_of(heapsel_printable, "a\x1b[2J\\"), "a\\x1b[2J\\x5c");
}

TEST(CApiText, OfASizeIsForPeople) {
    EXPECT_EQ(text_of(heapsel_size_text, std::uint64_t{64} << 20U), "64 MiB");
    EXPECT_EQ(text_of(heapsel_size_text, std::uint64_t{512}), "512 B");
}

TEST(CApiText, ASizeIsReadAsPeopleWriteIt) {
    EXPECT_EQ(heapsel_size_called("12M"), std::uint64_t{12} << 20U);
    EXPECT_EQ(heapsel_size_called("4096"), 4096U);
    for (const char* const none : {"", "0", "-1", "12 M", "12T", "99999999999999999999"})
        EXPECT_EQ(heapsel_size_called(none), 0U) << none;
}

TEST(CApiFormat, HasTheNameOfItsCharacters) {
    EXPECT_EQ(text_of(heapsel_format_name, std::uint32_t{DRM_FORMAT_NV12}, HEAPSEL_NO_MODIFIER),
              "NV12");
    EXPECT_EQ(text_of(heapsel_format_name, std::uint32_t{DRM_FORMAT_XRGB8888}, UINT64_C(1)),
              "XR24 with modifier 0x1");
    EXPECT_EQ(heapsel_format_called("NV12"), DRM_FORMAT_NV12);
    EXPECT_EQ(heapsel_format_called("R8"), DRM_FORMAT_R8);
    EXPECT_EQ(heapsel_format_called("NV12M"), 0U);
}

TEST(CApiFormat, OfV4l2IsThatOfDrm) {
    EXPECT_EQ(heapsel_format_of_v4l2(V4L2_PIX_FMT_NV12M), DRM_FORMAT_NV12);
    EXPECT_EQ(heapsel_format_of_v4l2(V4L2_PIX_FMT_NV12), DRM_FORMAT_NV12);
}

} // namespace
} // namespace heapsel
