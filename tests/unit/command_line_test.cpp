// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/command_line.hpp"

#include <gtest/gtest.h>

namespace heapsel {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;

TEST(CmaParameter, IsAbsentWithoutOne) {
    EXPECT_EQ(cma_parameter(""), std::nullopt);
    EXPECT_EQ(cma_parameter("console=ttyS0 quiet\n"), std::nullopt);
}

TEST(CmaParameter, OtherParametersThatEndInCmaAreNotIt) {
    EXPECT_EQ(cma_parameter("hugetlb_cma=64M cma_pernuma=4M numa_cma=0:16M cma"), std::nullopt);
}

TEST(CmaParameter, ReadsTheSuffixes) {
    EXPECT_EQ(cma_parameter("quiet cma=64M\n")->size, 64 * mebibyte);
    EXPECT_EQ(cma_parameter("cma=65536k")->size, 64 * mebibyte);
    EXPECT_EQ(cma_parameter("cma=1G")->size, 1024 * mebibyte);
    EXPECT_EQ(cma_parameter("cma=0x4000000")->size, 64 * mebibyte);
    EXPECT_EQ(cma_parameter("cma=0400000000")->size, 64 * mebibyte);
}

TEST(CmaParameter, ZeroIsAParameter) {
    EXPECT_EQ(cma_parameter("cma=0"), (CmaParameter{.size = 0, .base = std::nullopt}));
}

TEST(CmaParameter, TheLastOneCounts) {
    EXPECT_EQ(cma_parameter("cma=16M cma=32M")->size, 32 * mebibyte);
}

TEST(CmaParameter, AfterTwoDashesItIsInitsOwn) {
    EXPECT_EQ(cma_parameter("quiet -- cma=16M"), std::nullopt);
}

TEST(CmaParameter, InsideQuotesItIsAnothersValue) {
    EXPECT_EQ(cma_parameter("dyndbg=\"file x cma=16M +p\""), std::nullopt);
}

TEST(CmaParameter, AnExactBaseIsKnown) {
    EXPECT_EQ(cma_parameter("cma=64M@0x60000000")->base, 0x60000000U);
    EXPECT_EQ(cma_parameter("cma=64M@0x60000000-0x64000000")->base, 0x60000000U);
}

TEST(CmaParameter, WithinAWiderRangeTheBaseIsUnknown) {
    EXPECT_EQ(cma_parameter("cma=64M@0x60000000-0x70000000")->base, std::nullopt);
    EXPECT_EQ(cma_parameter("cma=64M@0-0x40000000")->base, std::nullopt);
}

TEST(CmaParameter, KnowsTheEndsOfItsRange) {
    EXPECT_EQ(cma_parameter("cma=64M"), (CmaParameter{.size = 64 * mebibyte, .base = {}}));
    EXPECT_EQ(
        cma_parameter("cma=64M@0x60000000-0x70000000"),
        (CmaParameter{.size = 64 * mebibyte, .base = {}, .from = 0x60000000, .limit = 0x70000000}));
    EXPECT_EQ(cma_parameter("cma=64M@0x60000000")->limit, 0x64000000U);
}

TEST(CmaParameter, WhatIsNoNumberIsZeroAsForTheKernel) {
    EXPECT_EQ(cma_parameter("cma=lots")->size, 0U);
}

TEST(MemoryLimit, IsThatOfTheLastMemParameter) {
    EXPECT_EQ(memory_limit("quiet highmem=1G memory=2M"), std::nullopt);
    EXPECT_EQ(memory_limit("mem=1G mem=3072M quiet"), 3072 * mebibyte);
    EXPECT_EQ(memory_limit("quiet -- mem=1G"), std::nullopt);
}

} // namespace
} // namespace heapsel
