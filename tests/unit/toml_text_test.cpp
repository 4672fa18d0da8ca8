// SPDX-License-Identifier: LGPL-2.1-or-later
// With its macros left, a parser here asserts as toml++ does.
#define TOML_UNDEF_MACROS 0
#include "io/toml_text.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

/// toml++ asserts on some texts that are no TOML; this does on one that it reads.
toml::parse_result asserting(std::string_view text) {
    TOML_ASSERT(!text.contains("assert"));
    return toml::parse(text);
}

TEST(ReadToml, GivesTheLineWhereTheParserAsserts) {
    constexpr std::string_view text = "[default]\nassert = true\nsize = 1\n";
    EXPECT_TRUE(read_toml(text));
    const auto table = read_toml(text, asserting);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().at.line, 2U);
    EXPECT_EQ(table.error().at.column, 1U);
    EXPECT_EQ(table.error().what, "This is no TOML: the parser gives up in this line.");
}

TEST(ReadToml, GivesTheFirstLineOfATextWithoutAnother) {
    const auto table = read_toml("assert", asserting);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().at.line, 1U);
}

} // namespace
} // namespace heapsel
