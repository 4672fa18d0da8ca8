// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/usable_index.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

UsableHeap listed(std::string name, bool bound = false) {
    return {.name = std::move(name), .bound = bound, .in_use = false, .accounting = {}};
}

UsableHeap imported(std::string name) {
    UsableHeap heap = listed(std::move(name));
    heap.import_only = true;
    return heap;
}

Heap called(std::string name, std::vector<std::string> aliases) {
    Heap heap = test::heap(std::move(name));
    heap.aliases = std::move(aliases);
    return heap;
}

TEST(UsableIndex, AHeapThatIsNotListedHasNone) {
    const std::vector list{listed("a")};
    EXPECT_EQ(UsableIndex(list).find(test::heap("b")), std::nullopt);
    EXPECT_EQ(UsableIndex().find(test::heap("a")), std::nullopt);
}

TEST(UsableIndex, WhatIsBoundStandsAtItsPlaceAndTheRestBehindAll) {
    const std::vector list{listed("a", true), listed("b", true), listed("c"), listed("d")};
    const UsableIndex places(list);
    EXPECT_EQ(places.find(test::heap("a")), 0U);
    EXPECT_EQ(places.find(test::heap("b")), 1U);
    EXPECT_EQ(places.find(test::heap("c")), 4U);
    EXPECT_EQ(places.find(test::heap("d")), 4U);
    EXPECT_EQ(places.unbound(), 4U);
}

TEST(UsableIndex, WhatIsForImportsOnlyStandsWithTheRest) {
    const std::vector list{listed("a", true), imported("b"), listed("c"), imported("c")};
    const UsableIndex places(list);
    EXPECT_EQ(places.find(test::heap("b")), 4U);
    EXPECT_TRUE(places.is_import_only(test::heap("b")));
    EXPECT_FALSE(places.is_import_only(test::heap("a")));
    EXPECT_FALSE(places.is_import_only(test::heap("c")));
    EXPECT_FALSE(places.is_import_only(test::heap("d")));
    EXPECT_FALSE(places.is_import_only(called("b", {"c"})));
}

TEST(UsableIndex, OfTheNamesOfAHeapTheBoundOneCountsAndOfSeveralTheFirst) {
    const std::vector list{listed("region"), listed("second", true), listed("first", true)};
    const UsableIndex places(list);
    EXPECT_EQ(places.find(called("region", {"first"})), 2U);
    EXPECT_EQ(places.find(called("region", {"first", "second"})), 1U);
    EXPECT_EQ(places.find(called("other", {"region"})), 3U);
}

TEST(UsableIndex, OfANameThatIsListedTwiceTheBoundOneCountsAndOfSeveralTheFirst) {
    const std::vector list{listed("a"), listed("b", true), listed("a", true), listed("a", true)};
    EXPECT_EQ(UsableIndex(list).find(test::heap("a")), 2U);
}

} // namespace
} // namespace heapsel
