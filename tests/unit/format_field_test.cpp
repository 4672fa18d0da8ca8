// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/format_field.hpp"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace heapsel::bandwidth {
namespace {

TEST(FormatField, IsARangeOfAWord) {
    EXPECT_EQ(parse_format("config:0-7"),
              (FormatField{.word = 0, .ranges = {{.first = 0, .last = 7}}}));
    EXPECT_EQ(parse_format("config1:16-31"),
              (FormatField{.word = 1, .ranges = {{.first = 16, .last = 31}}}));
}

TEST(FormatField, IsASingleBit) {
    const auto field = parse_format("config2:3");
    EXPECT_EQ(field, (FormatField{.word = 2, .ranges = {{.first = 3, .last = 3}}}));
    EXPECT_EQ(width(*field), 1U);
    EXPECT_EQ(placed(*field, 1), 8U);
    EXPECT_EQ(parse_format("config2:3-3"), *field);
}

TEST(FormatField, InPartsTakesTheLowestBitsFirst) {
    const auto field = parse_format("config:0-7,16-23");
    ASSERT_TRUE(field);
    EXPECT_EQ(width(*field), 16U);
    EXPECT_EQ(mask(*field), 0xff00ffU);
    EXPECT_EQ(placed(*field, 0x249), 0x20049U);
}

TEST(FormatField, InPartsNeedNotRise) {
    const auto field = parse_format("config:32-39,0-3");
    ASSERT_TRUE(field);
    EXPECT_EQ(placed(*field, 0x512), 0x1200000005U);
}

TEST(FormatField, OfAWholeWordTakesAnyValue) {
    const auto field = parse_format("config1:0-63");
    ASSERT_TRUE(field);
    EXPECT_EQ(*field, whole_word(1));
    EXPECT_EQ(width(*field), 64U);
    EXPECT_EQ(mask(*field), ~std::uint64_t{0});
    EXPECT_EQ(placed(*field, 0xfedcba9876543210), 0xfedcba9876543210U);
}

TEST(FormatField, CutsOffWhatDoesNotFit) {
    EXPECT_EQ(placed(*parse_format("config:4-7"), 0x1f), 0xf0U);
}

struct BadText {
    std::string text;
    int code;
    std::string why;
};

class BadFormat : public testing::TestWithParam<BadText> {};

TEST_P(BadFormat, IsRefusedWithTheReason) {
    const auto field = parse_format(GetParam().text);
    ASSERT_FALSE(field);
    EXPECT_EQ(field.error().code, GetParam().code);
    EXPECT_EQ(field.error().hint, GetParam().why);
    EXPECT_TRUE(field.error().subject.starts_with('"'));
}

const std::string no_word = "It has to begin with config:, config1: or config2:.";

INSTANTIATE_TEST_SUITE_P(
    All, BadFormat,
    testing::Values(BadText{"", EINVAL, no_word}, BadText{"config", EINVAL, no_word},
                    BadText{"config3:0-7", EINVAL, no_word}, BadText{"0-7", EINVAL, no_word},
                    BadText{"config:", EINVAL, "\"\" is no bit and no range of bits."},
                    BadText{"config:a", EINVAL, "\"a\" is no bit and no range of bits."},
                    BadText{"config:0-", EINVAL, "\"0-\" is no bit and no range of bits."},
                    BadText{"config:-7", EINVAL, "\"-7\" is no bit and no range of bits."},
                    BadText{"config:0-7,", EINVAL, "\"\" is no bit and no range of bits."},
                    BadText{"config: 0-7", EINVAL, "\" 0-7\" is no bit and no range of bits."},
                    BadText{"config:7-0", EINVAL, "\"7-0\" ends before it begins."},
                    BadText{"config:0-64", ERANGE, "\"0-64\" is past bit 63."},
                    BadText{"config:64", ERANGE, "\"64\" is past bit 63."},
                    BadText{"config:0-7,7-8", EINVAL, "It has a bit twice."}));

} // namespace
} // namespace heapsel::bandwidth
