// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/size_text.hpp>

#include <limits>
#include <optional>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(SizeText, TakesTheLargestUnitThatHoldsOne) {
    EXPECT_EQ(size_text(0), "0 B");
    EXPECT_EQ(size_text(1023), "1023 B");
    EXPECT_EQ(size_text(1024), "1 KiB");
    EXPECT_EQ(size_text(64U << 20U), "64 MiB");
    EXPECT_EQ(size_text(std::uint64_t{3} << 30U), "3 GiB");
    EXPECT_EQ(size_text(std::uint64_t{1} << 60U), "1 EiB");
}

TEST(SizeText, HasADecimalWhereThereIsARestAndRoundsItDown) {
    EXPECT_EQ(size_text(1536), "1.5 KiB");
    EXPECT_EQ(size_text((64U << 20U) - 1), "63.9 MiB");
    EXPECT_EQ(size_text((64U << 20U) + 4096), "64 MiB");
    EXPECT_EQ(size_text((std::uint64_t{1} << 20U) - 1), "1023.9 KiB");
    EXPECT_EQ(size_text(std::numeric_limits<std::uint64_t>::max()), "15.9 EiB");
}

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

} // namespace
} // namespace heapsel
