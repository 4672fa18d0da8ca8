// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "json.hpp"
#include "size.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

TEST(ParseSize, ReadsBytesAndSuffixes) {
    EXPECT_EQ(parse_size("1"), 1U);
    EXPECT_EQ(parse_size("4096"), 4096U);
    EXPECT_EQ(parse_size("4K"), 4096U);
    EXPECT_EQ(parse_size("3M"), 3145728U);
    EXPECT_EQ(parse_size("2G"), 2147483648U);
}

TEST(ParseSize, RefusesAllElse) {
    for (const char* const bad : {"", "K", "0", "0K", "-1", "+1", " 1", "1 ", "1k", "1KiB", "1.5M",
                                  "0x10", "1T", "18446744073709551616", "99999999999999999G"})
        EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

TEST(Table, AlignsColumnsAndEndsLinesWithoutBlanks) {
    EXPECT_EQ(table({{"A", "LONG", "C"}, {"wide", "-", ""}, {"x"}}), "A     LONG  C\nwide  -\nx\n");
}

TEST(Wrapped, BreaksBetweenWordsAndIndents) {
    EXPECT_EQ(wrapped("one two three", 2, 9), "  one two\n  three\n");
    EXPECT_EQ(wrapped("unbreakable", 2, 5), "  unbreakable\n");
    EXPECT_EQ(wrapped("", 2, 5), "");
}

TEST(Json, OfANameWithOddBytesIsValid) {
    const auto json = to_json(test::heap("a\xff\n"));
    EXPECT_EQ(json["name"], "a\\xff\\x0a");
    EXPECT_NO_THROW(static_cast<void>(json.dump()));
}

TEST(Json, OfAHeapWithoutARegionHasNull) {
    EXPECT_TRUE(to_json(test::heap("a"))["region"].is_null());
}

} // namespace
} // namespace heapsel::tools
