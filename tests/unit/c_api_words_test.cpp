// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heapsel.h>

#include <string>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(CApiWords, AreThoseOfTheCommand) {
    const auto all = [](auto text, auto first) {
        using Enum = decltype(first);
        std::string words;
        for (int i = 0; const char* const word = text(static_cast<Enum>(i)); ++i)
            words += (i == 0 ? "" : " | ") + std::string(word);
        return words;
    };
    EXPECT_EQ(all(heapsel_trait_text, HEAPSEL_TRAIT_CONTIGUOUS),
              "contiguous | cached | ecc | protected");
    EXPECT_EQ(all(heapsel_answer_text, HEAPSEL_ANSWER_NO), "no | yes | unknown");
    EXPECT_EQ(all(heapsel_source_text, HEAPSEL_SOURCE_KERNEL),
              "kernel | device tree | command line | sysfs | facts | heap name | none");
    EXPECT_EQ(all(heapsel_exporter_text, HEAPSEL_EXPORTER_DMA_HEAP), "dma-heap | udmabuf");
    EXPECT_EQ(all(heapsel_permission_text, HEAPSEL_PERMISSION_GRANTED),
              "granted | denied | broken | unknown");
    EXPECT_EQ(all(heapsel_figure_text, HEAPSEL_FIGURE_SIZE),
              "size_bytes | free_bytes | largest_free_bytes | buffers | allocated_bytes | "
              "peak_bytes");
    EXPECT_EQ(all(heapsel_controller_text, HEAPSEL_CONTROLLER_NONE),
              "none | memcg | dmem | unknown");
    EXPECT_EQ(all(heapsel_role_text, HEAPSEL_ROLE_FRAME), "frame | reference | metadata");
    EXPECT_EQ(all(heapsel_queue_text, HEAPSEL_QUEUE_CAPTURE), "capture | output");
    EXPECT_EQ(all(heapsel_fallback_text, HEAPSEL_FALLBACK_SAME_CACHING),
              "same-caching | any | none");
    EXPECT_EQ(all(heapsel_verdict_text, HEAPSEL_VERDICT_CHOSEN),
              "chosen | candidate | unsuitable | unusable");
    EXPECT_EQ(all(heapsel_memory_kind_text, HEAPSEL_MEMORY_CAPTURE),
              "capture | output | frame | reference | metadata | plane | dumb");
    EXPECT_EQ(all(heapsel_plane_type_text, HEAPSEL_PLANE_PRIMARY),
              "primary | overlay | cursor | unknown");
    EXPECT_EQ(all(heapsel_setting_text, HEAPSEL_SETTING_REQUIRE),
              "require | prefer | heap | size | fallback | udmabuf");
    EXPECT_EQ(heapsel_trait_text(static_cast<heapsel_trait>(-1)), nullptr);
    EXPECT_EQ(heapsel_setting_text(static_cast<heapsel_setting>(-1)), nullptr);
    EXPECT_EQ(heapsel_plane_type_text(static_cast<heapsel_plane_type>(-1)), nullptr);
    EXPECT_EQ(heapsel_figure_text(static_cast<heapsel_figure>(-1)), nullptr);
    EXPECT_EQ(heapsel_memory_kind_text(static_cast<heapsel_memory_kind>(-1)), nullptr);
}

} // namespace
} // namespace heapsel
