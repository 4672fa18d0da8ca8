// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/alignment.hpp>

#include <cerrno>
#include <limits>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(JoinedAlignment, IsTheLeastCommonMultipleOfEach) {
    const Alignment decoder{.stride = 64, .offset = 6, .size = 1, .address = 4096};
    const Alignment display{.stride = 48, .offset = 4, .size = 7, .address = 65536};
    const Alignment both{.stride = 192, .offset = 12, .size = 7, .address = 65536};
    EXPECT_EQ(join(decoder, display), both);
    EXPECT_EQ(join(display, decoder), both);
}

TEST(JoinedAlignment, WithOneThatDoesNotCareIsTheOther) {
    const Alignment picky{.stride = 3,
                          .offset = 5,
                          .size = std::numeric_limits<std::uint32_t>::max(),
                          .address = std::numeric_limits<std::uint64_t>::max()};
    EXPECT_EQ(join(picky, {}), picky);
    EXPECT_EQ(join(picky, picky), picky);
}

TEST(JoinedAlignment, OfZeroIsEinval) {
    EXPECT_EQ(join({.stride = 0}, {}).error().message(),
              "cannot join the alignments of stride (0 and 1): Invalid argument. An alignment is "
              "at least 1 byte.");
    EXPECT_EQ(join({}, {.address = 0}).error().message(),
              "cannot join the alignments of address (1 and 0): Invalid argument. An alignment is "
              "at least 1 byte.");
}

TEST(JoinedAlignment, ThatDoesNotFitIsEoverflow) {
    EXPECT_EQ(join({.size = 65536}, {.size = 65537}).error().message(),
              "cannot join the alignments of size (65536 and 65537): Value too large for defined "
              "data type. No number of 32 bits is a multiple of both.");
    EXPECT_EQ(join({.offset = 65535}, {.offset = 65537})->offset, 4294967295U);
    const auto error = join({.address = 1ULL << 63}, {.address = 3}).error();
    EXPECT_EQ(error.code, EOVERFLOW);
    EXPECT_EQ(error.hint, "No number of 64 bits is a multiple of both.");
}

} // namespace
} // namespace heapsel
