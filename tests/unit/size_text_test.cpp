// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/size_text.hpp>

#include <limits>

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

} // namespace
} // namespace heapsel
