// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/usable_heaps.hpp>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

UsableHeap entry(std::string name, bool bound = false) {
    return {.name = std::move(name), .bound = bound, .in_use = false, .accounting = {}};
}

Heap default_area() {
    Heap heap = test::heap("default_cma_region");
    heap.aliases = {"reserved"};
    return heap;
}

TEST(UsableHeaps, AreFoundByNameAndByAlias) {
    for (const char* const name : {"default_cma_region", "reserved"}) {
        const UsableHeaps usable{
            .heaps = {entry("system"), entry(name)}, .evidence = {}, .unknown_because = {}};
        EXPECT_EQ(usable.find(default_area()), &usable.heaps[1]) << name;
        EXPECT_EQ(usable.find(test::heap("other")), nullptr);
    }
}

TEST(UsableHeaps, OfTwoNamesForOneRegionTheActiveOneIsFound) {
    const UsableHeaps usable{.heaps = {entry("default_cma_region"), entry("reserved", true)},
                             .evidence = {},
                             .unknown_because = {}};
    EXPECT_EQ(usable.find(default_area()), &usable.heaps[1]);
}

TEST(UsableHeaps, NoneAtAllIsKnown) {
    EXPECT_TRUE(UsableHeaps{}.known());
    EXPECT_FALSE((UsableHeaps{.heaps = {}, .evidence = {}, .unknown_because = "why"}).known());
}

} // namespace
} // namespace heapsel
