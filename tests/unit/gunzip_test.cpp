// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/gunzip.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <expected>
#include <string>

#include <gtest/gtest.h>

#include "packed_configuration.hpp"

namespace heapsel {
namespace {

constexpr std::size_t much = std::size_t{1} << 20U;

template <std::size_t N>
std::string text_of(const std::array<std::uint8_t, N>& bytes) {
    return {bytes.begin(), bytes.end()};
}

/// Blocks of zlib's, by deflateInit2: not packed, and packed with the fixed codes.
const std::string stored = text_of(std::to_array<std::uint8_t>(
    {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x03, 0x01, 0x06, 0x00, 0xf9, 0xff,
     0x73, 0x74, 0x6f, 0x72, 0x65, 0x64, 0x0b, 0xf9, 0x43, 0x56, 0x06, 0x00, 0x00, 0x00}));
const std::string fixed = text_of(std::to_array<std::uint8_t>(
    {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x73, 0xf6,
     0xf7, 0x73, 0xf3, 0x74, 0x8f, 0x77, 0xb4, 0xad, 0x54, 0x70, 0xc6, 0xc6,
     0xe4, 0x02, 0x00, 0x29, 0xca, 0xc2, 0x55, 0x21, 0x00, 0x00, 0x00}));

TEST(Gunzip, UnpacksBlocksOfEachKind) {
    EXPECT_EQ(gunzip(stored, much), "stored");
    EXPECT_EQ(gunzip(fixed, much), "CONFIG_A=y CONFIG_A=y CONFIG_A=y\n");
    const std::string text = gunzip(test::packed_configuration(), much).value();
    EXPECT_EQ(text.size(), 641U);
    EXPECT_TRUE(text.starts_with("# Linux/arm64 7.3.4 Kernel Configuration\n")) << text;
    EXPECT_TRUE(text.ends_with("\nCONFIG_OF=y\nCONFIG_HIGHMEM=y\n")) << text;
}

TEST(Gunzip, SkipsWhatAHeaderMayHold) {
    std::string named = stored;
    named[3] = 0x1c; // more, a name, a comment
    named.insert(10, std::string("\x02\0xyconfig\0why\0", 15));
    EXPECT_EQ(gunzip(named, much), "stored");
}

TEST(Gunzip, HasALimit) {
    EXPECT_EQ(gunzip(stored, 6), "stored");
    EXPECT_EQ(gunzip(stored, 5), std::unexpected(EFBIG));
    EXPECT_EQ(gunzip(fixed, 32), std::unexpected(EFBIG));
}

TEST(Gunzip, WhatIsCutOffIsNothing) {
    for (const std::string& whole : {stored, fixed, test::packed_configuration()}) {
        for (std::size_t length = 0; length < whole.size(); ++length)
            EXPECT_EQ(gunzip(whole.substr(0, length), much), std::unexpected(EINVAL)) << length;
    }
}

TEST(Gunzip, WhatIsDamagedIsNoOtherText) {
    // Bits that say nothing, as those that fill the last byte up, may be flipped.
    for (const std::string& whole : {stored, fixed, test::packed_configuration()}) {
        const std::string text = gunzip(whole, much).value();
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            std::string flipped = whole;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            EXPECT_EQ(gunzip(flipped, much).value_or(text), text) << bit;
        }
    }
}

TEST(Gunzip, ChecksumAndLengthAreCompared) {
    for (std::size_t from_end = 1; from_end <= 8; ++from_end) {
        std::string wrong = fixed;
        wrong[wrong.size() - from_end] ^= 1;
        EXPECT_EQ(gunzip(wrong, much), std::unexpected(EINVAL)) << from_end;
    }
}

TEST(Gunzip, OtherFilesAreNone) {
    for (const char* const other : {"", "\x1f", "CONFIG_DMABUF_HEAPS=y\n", "\x1f\x8b\x07"})
        EXPECT_EQ(gunzip(other, much), std::unexpected(EINVAL));
}

} // namespace
} // namespace heapsel
