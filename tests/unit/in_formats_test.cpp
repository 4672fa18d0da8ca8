// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/in_formats.hpp"

#include <cerrno>
#include <cstring>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "fake_drm.hpp"

namespace heapsel {
namespace {

using Blob = std::vector<std::byte>;

Blob blob() {
    return test::in_formats({DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12}, {0, 7});
}

constexpr std::size_t modifiers_offset = sizeof(drm_format_modifier_blob) + 2 * sizeof(__u32);

/// Why a blob is malformed that `change` made of a good one.
template <typename T>
std::string why(const std::function<void(T&)>& change, std::size_t offset = 0) {
    Blob bytes = blob();
    T part{};
    std::memcpy(&part, bytes.data() + offset, sizeof(part));
    change(part);
    std::memcpy(bytes.data() + offset, &part, sizeof(part));
    const auto parsed = parse_in_formats(bytes);
    if (parsed)
        return "it is not";
    EXPECT_EQ(parsed.error().code, EINVAL);
    return parsed.error().hint;
}

using Head = drm_format_modifier_blob;

TEST(InFormats, AreThePairsInTheOrderOfTheModifiers) {
    const auto pairs = parse_in_formats(blob());
    ASSERT_TRUE(pairs);
    EXPECT_EQ(*pairs, (std::vector<FormatModifier>{{.format = DRM_FORMAT_XRGB8888, .modifier = 0},
                                                   {.format = DRM_FORMAT_NV12, .modifier = 0},
                                                   {.format = DRM_FORMAT_XRGB8888, .modifier = 7},
                                                   {.format = DRM_FORMAT_NV12, .modifier = 7}}));
    EXPECT_TRUE(parse_in_formats(test::in_formats({}, {}))->empty());
}

TEST(InFormats, ThatEndBeforeTheirHeadAreEinval) {
    const Blob whole = blob();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(parse_in_formats(std::span(whole).first(size))) << size;
    EXPECT_EQ(parse_in_formats({}).error().hint, "It has 0 bytes, fewer than its head.");
}

TEST(InFormats, OfAnotherVersionAreEinval) {
    EXPECT_EQ(why<Head>([](Head& head) { head.version = 2; }), "Its version is 2, and not 1.");
}

TEST(InFormats, WhoseListsEndBehindThemAreEinval) {
    constexpr auto most = std::numeric_limits<__u32>::max();
    const std::string formats = "Its formats end behind the 80 bytes that it has.";
    const std::string modifiers = "Its modifiers end behind the 80 bytes that it has.";
    EXPECT_EQ(why<Head>([](Head& head) { head.formats_offset = 81; }), formats);
    EXPECT_EQ(why<Head>([](Head& head) { head.formats_offset = most; }), formats);
    EXPECT_EQ(why<Head>([](Head& head) { head.count_formats = most; }), formats);
    EXPECT_EQ(why<Head>([](Head& head) { head.modifiers_offset = 33; }), modifiers);
    EXPECT_EQ(why<Head>([](Head& head) { head.count_modifiers = most; }), modifiers);
}

TEST(InFormats, WithAModifierForAFormatThatIsNotThereAreEinval) {
    using Modifier = drm_format_modifier;
    const auto out = [](const std::function<void(Modifier&)>& change) {
        return why<Modifier>(change, modifiers_offset);
    };
    EXPECT_EQ(out([](Modifier& modifier) { modifier.formats = 4; }),
              "A modifier is for format 2, and it has 2.");
    EXPECT_EQ(out([](Modifier& modifier) { modifier.offset = 0xffffffff; }),
              "A modifier is for format 4294967295, and it has 2.");
}

} // namespace
} // namespace heapsel
