// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/select.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

constexpr std::uint64_t kib = 1U << 10U;

Heap ending(std::string name, std::uint64_t last) {
    Heap heap = test::heap(std::move(name));
    heap.last_address = last;
    heap.last_address_from = {.source = Source::device_tree, .evidence = "/reserved-memory/a: reg"};
    heap.alignment_from = {.source = Source::kernel, .evidence = "pages"};
    return heap;
}

/// As a carve-out's are.
Heap aligned(Heap heap) {
    heap.largest_alignment = 64 * kib;
    return heap;
}

Consumer reaching(unsigned bits) {
    return Consumer::requirement("rga", {.address_bits = bits});
}

Consumer wanting(std::uint64_t alignment) {
    return Consumer::requirement("dec", {.alignment = {.address = alignment}});
}

Judgement judged(const Heap& heap, const Consumer& consumer, std::uint64_t size = 0) {
    const auto selection = select(HeapCatalog({heap}), std::vector{consumer},
                                  {.require = {}, .prefer = {}, .heap = {}, .size = size});
    EXPECT_TRUE(selection);
    return selection->judgements().front();
}

TEST(Reach, AllOfTheMemoryMustLieBelowTheLimit) {
    const Judgement inside = judged(ending("a", 0xffffffff), reaching(32));
    EXPECT_EQ(inside.verdict, Verdict::chosen);
    EXPECT_EQ(inside.reason, "its memory ends at 0xffffffff (device tree: /reserved-memory/a: "
                             "reg), within the 32 bits of address of rga");
    const Judgement outside = judged(ending("a", 0x100000000), reaching(32));
    EXPECT_EQ(outside.verdict, Verdict::unsuitable);
    EXPECT_EQ(outside.reason, "its memory ends at 0x100000000 (device tree: /reserved-memory/a: "
                              "reg), while rga reaches 32 bits of address");
}

TEST(Reach, AnUnknownPlaceNeverSatisfies) {
    const Judgement judgement = judged(test::heap("a"), reaching(40));
    EXPECT_EQ(judgement.verdict, Verdict::unsuitable);
    EXPECT_EQ(judgement.reason,
              "where its memory ends is unknown, while rga reaches 40 bits of address");
}

TEST(Reach, SixtyFourBitsReachEverythingAndNoneNothing) {
    EXPECT_EQ(judged(test::heap("a"), reaching(64)).verdict, Verdict::chosen);
    EXPECT_EQ(judged(ending("a", ~std::uint64_t{0}), reaching(63)).verdict, Verdict::unsuitable);
    EXPECT_EQ(judged(ending("a", 1), reaching(0)).verdict, Verdict::unsuitable);
}

TEST(Reach, BuffersBeginAtPages) {
    EXPECT_EQ(judged(ending("a", 1), wanting(4096)).verdict, Verdict::chosen);
    EXPECT_EQ(judged(ending("a", 1), wanting(256)).verdict, Verdict::chosen);
    const Judgement judgement = judged(ending("a", 1), wanting(8192), 1024 * kib);
    EXPECT_EQ(judgement.verdict, Verdict::unsuitable);
    EXPECT_EQ(judgement.reason,
              "its buffers begin at multiples of 4096 bytes (kernel: pages), while dec wants 8192");
}

TEST(Reach, ThoseOfACarveOutBeginAtMultiplesOfTheirSize) {
    const Heap heap = aligned(ending("a", 1));
    EXPECT_EQ(judged(heap, wanting(64 * kib), 100 * kib).verdict, Verdict::chosen);
    EXPECT_EQ(judged(heap, wanting(64 * kib), 64 * kib).verdict, Verdict::chosen);
    EXPECT_EQ(judged(heap, wanting(64 * kib), 33 * kib).verdict, Verdict::chosen);
    EXPECT_EQ(judged(heap, wanting(64 * kib), 32 * kib).verdict, Verdict::unsuitable);
    EXPECT_EQ(judged(heap, wanting(128 * kib), 1024 * kib).verdict, Verdict::unsuitable);
    EXPECT_EQ(judged(heap, wanting(64 * kib), 100 * kib).reason,
              "its buffers begin at multiples of 65536 bytes (kernel: pages), as dec wants");
}

TEST(Reach, WithoutASizeOnlyAPageIsCertain) {
    const Judgement judgement = judged(aligned(ending("a", 1)), wanting(64 * kib));
    EXPECT_EQ(judgement.verdict, Verdict::unsuitable);
    EXPECT_EQ(judgement.reason, "its buffers begin at multiples of 4096 bytes (kernel: pages; how "
                                "large they are is not said), while dec wants 65536");
}

TEST(Reach, AnAlignmentThatDividesNoPowerOfTwoIsNeverKept) {
    EXPECT_EQ(judged(ending("a", 1), wanting(3)).verdict, Verdict::unsuitable);
}

TEST(Reach, HugeSizesAreHarmless) {
    EXPECT_EQ(judged(ending("a", 1), wanting(4096), ~std::uint64_t{0}).verdict, Verdict::chosen);
}

TEST(JoinedAlignment, IsTheCommonMultipleOfAll) {
    EXPECT_EQ(joined_alignment({}).value(), Alignment{});
    const std::vector consumers{
        Consumer::requirement("a", {.alignment = {.stride = 64, .offset = 4, .size = 2}}),
        Consumer::requirement("b", {.alignment = {.stride = 48, .offset = 8, .address = 4096}})};
    EXPECT_EQ(joined_alignment(consumers).value(),
              (Alignment{.stride = 192, .offset = 8, .size = 2, .address = 4096}));
}

TEST(JoinedAlignment, OfNothingIsEinval) {
    const auto joined =
        joined_alignment(std::vector{Consumer::requirement("a", {.alignment = {.stride = 0}})});
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, EINVAL);
}

} // namespace
} // namespace heapsel
