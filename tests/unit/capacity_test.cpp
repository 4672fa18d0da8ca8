// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/capacity.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

constexpr std::uint64_t page = 4096;
constexpr Capacity unknown{.size = std::nullopt, .free = std::nullopt, .largest = std::nullopt};

Figure known(std::uint64_t value) {
    return {.value = value, .unknown_because = {}};
}

HeapStatistics statistics(Figure size, Figure free, Figure largest) {
    HeapStatistics made;
    made.size = std::move(size);
    made.free = std::move(free);
    made.largest_free = std::move(largest);
    return made;
}

const std::vector<CmaArea> area_a{{.name = "a", .total_pages = 4, .available_pages = 3}};

TEST(Room, IsWhatTheKernelKeepsOfTheHeap) {
    EXPECT_EQ(capacity_of(test::sized(test::heap("a"), 1), statistics(known(9), known(8), known(7)),
                          area_a, page),
              (Capacity{.size = 9, .free = 8, .largest = 7}));
}

TEST(Room, IsElseThatOfTheCmaAreaOfOneOfItsNames) {
    const Capacity expected{.size = 4 * page, .free = 3 * page, .largest = std::nullopt};
    EXPECT_EQ(capacity_of(test::sized(test::heap("a"), 1), {}, area_a, page), expected);
    Heap aliased = test::heap("default_cma_region");
    aliased.aliases = {"a"};
    EXPECT_EQ(capacity_of(aliased, {}, area_a, page), expected);
}

TEST(Room, IsElseTheSizeOfTheHeap) {
    EXPECT_EQ(capacity_of(test::sized(test::heap("b"), 5), {}, area_a, page),
              (Capacity{.size = 5, .free = std::nullopt, .largest = std::nullopt}));
    EXPECT_EQ(capacity_of(test::heap("b"), {}, area_a, page), unknown);
}

TEST(Room, PagesThatAreNoPossibleNumberOfBytesAreUnknown) {
    const std::vector<CmaArea> areas{{.name = "a",
                                      .total_pages = std::numeric_limits<std::uint64_t>::max(),
                                      .available_pages = std::nullopt}};
    EXPECT_EQ(capacity_of(test::heap("a"), {}, areas, page), unknown);
}

TEST(Room, SaysWhatIsKnown) {
    EXPECT_EQ(to_string(Capacity{.size = 64U << 20U, .free = 12U << 20U, .largest = 8U << 20U}),
              "size 64 MiB, free 12 MiB, largest buffer 8 MiB");
    EXPECT_EQ(to_string(Capacity{.size = std::nullopt, .free = 0, .largest = std::nullopt}),
              "free 0 B");
    EXPECT_EQ(to_string(unknown), "");
}

} // namespace
} // namespace heapsel
