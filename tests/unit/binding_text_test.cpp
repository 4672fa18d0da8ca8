// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/binding_text.hpp"

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(ParseBinding, ReadsWhatIsBoundAndWhatElseIsUsable) {
    struct Case {
        const char* line;
        Binding binding;
    };
    for (const auto& [line, binding] : std::vector<Case>{
             {"[driver]", {.heaps = {}, .or_driver = true, .usable = {}}},
             {"[driver] b a", {.heaps = {}, .or_driver = true, .usable = {"b", "a"}}},
             {"[a] driver b", {.heaps = {"a"}, .or_driver = false, .usable = {"b"}}},
             {"[a]", {.heaps = {"a"}, .or_driver = false, .usable = {}}},
             {"[a] driver b ...",
              {.heaps = {"a"}, .or_driver = false, .usable = {"b"}, .is_cut = true}},
             {"[b] [a] [driver] c", {.heaps = {"b", "a"}, .or_driver = true, .usable = {"c"}}},
             {" [a]  b ", {.heaps = {"a"}, .or_driver = false, .usable = {"b"}}}})
        EXPECT_EQ(parse_binding(line), binding) << line;
}

TEST(ParseBinding, RefusesAllElse) {
    for (const char* const bad : {"",
                                  " ",
                                  "a",
                                  "driver",
                                  "driver a",
                                  "[]",
                                  "[] a",
                                  "[",
                                  "]",
                                  "[a",
                                  "a]",
                                  "[[a]]",
                                  "[a]]",
                                  "[a][b]",
                                  "[driver] [a]",
                                  "[a] b [c]",
                                  "[a] [a]",
                                  "[a] a",
                                  "[driver] driver",
                                  "b [driver]",
                                  "...",
                                  "[a] ... b",
                                  "[a] [...]",
                                  "[a] [driver] [driver]"})
        EXPECT_EQ(parse_binding(bad), std::nullopt) << bad;
}

TEST(TextToWrite, PutsDriverLastAndNeverWritesNothing) {
    const auto text = [](std::vector<std::string> heaps, bool or_driver) {
        return text_to_write({.heaps = std::move(heaps), .or_driver = or_driver, .usable = {}});
    };
    EXPECT_EQ(text({}, true), "driver");
    EXPECT_EQ(text({}, false), "driver");
    EXPECT_EQ(text({"a"}, false), "a");
    EXPECT_EQ(text({"b", "a"}, false), "b a");
    EXPECT_EQ(text({"b", "a"}, true), "b a driver");
}

} // namespace
} // namespace heapsel
