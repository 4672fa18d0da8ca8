// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/catalog.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "c/handles.hpp"
#include "c_board.hpp"
#include "c_handle.hpp"
#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::calling;

using CApiHeaps = test::CBoard;

TEST_F(CApiHeaps, ACatalogHasTheHeapsByNameAndAlias) {
    ASSERT_EQ(heapsel_catalog_heap_count(catalog_.get()), 6U);
    EXPECT_STREQ(heapsel_heap_name(heapsel_catalog_heap(catalog_.get(), 0)), "coherent@64000000");
    const heapsel_heap* const found = heap("reserved");
    EXPECT_STREQ(heapsel_heap_name(found), "default_cma_region");
    EXPECT_TRUE(heapsel_heap_is_called(found, "reserved"));
    EXPECT_FALSE(heapsel_heap_is_called(found, "system"));
    EXPECT_EQ(heapsel_heap_node(found), board_.root() / "dev/dma_heap/default_cma_region");
}

TEST_F(CApiHeaps, AHeapSaysWhatIsKnownOfItAndFromWhere) {
    const heapsel_heap* const found = heap("nonecc@58000000");
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    EXPECT_TRUE(heapsel_heap_region(found, &base, &size));
    EXPECT_EQ(base, 0x58000000U);
    EXPECT_EQ(size, 64U << 20U);
    EXPECT_TRUE(heapsel_heap_region(found, nullptr, nullptr));
    size = 0;
    EXPECT_TRUE(heapsel_heap_size(found, &size));
    EXPECT_EQ(size, 64U << 20U);
    EXPECT_TRUE(heapsel_heap_size(found, nullptr));
    EXPECT_EQ(heapsel_heap_property(found, HEAPSEL_TRAIT_ECC), HEAPSEL_ANSWER_NO);
    EXPECT_EQ(heapsel_heap_property(found, HEAPSEL_TRAIT_CONTIGUOUS), HEAPSEL_ANSWER_YES);
    EXPECT_TRUE(std::string(heapsel_heap_property_evidence(found, HEAPSEL_TRAIT_ECC))
                    .contains("ecc-correction-bits = 0"));
}

TEST_F(CApiHeaps, WhatAHeapDoesNotHaveLeavesThePlaceForItAlone) {
    std::uint64_t base = 1;
    std::uint64_t size = 2;
    EXPECT_FALSE(heapsel_heap_region(heap("system"), &base, &size));
    EXPECT_FALSE(heapsel_heap_size(heap("system"), &size));
    EXPECT_EQ(base, 1U);
    EXPECT_EQ(size, 2U);
}

TEST_F(CApiHeaps, AHeapSaysWhetherItMayBeOpened) {
    EXPECT_EQ(heapsel_heap_permission(heap("system")), HEAPSEL_PERMISSION_UNKNOWN);
    const Heap denied = test::denied(test::heap("system"));
    EXPECT_EQ(heapsel_heap_permission(c_api::to_c(&denied)), HEAPSEL_PERMISSION_DENIED);
}

TEST_F(CApiHeaps, AWrongNameIsEnoentWithTheNearest) {
    const heapsel_heap* found = heap("system");
    EXPECT_EQ(calling(heapsel_catalog_find, catalog_.get(), "sytem", &found),
              find_heap(catalog_->value, "sytem").error().message());
    EXPECT_EQ(found, nullptr);
}

TEST(CApiCatalog, OfADirectoryWithoutHeapsIsEnoentAndLeavesNoHandle) {
    const test::TemporaryDirectory empty;
    heapsel_catalog* catalog = nullptr;
    heapsel_error* error = nullptr;
    EXPECT_EQ(heapsel_catalog_scan(empty.path().c_str(), &catalog, &error), -ENOENT);
    const test::OwnedError owned(error);
    const Error expected = HeapCatalog::scan(empty.path()).error();
    EXPECT_EQ(heapsel_error_code(error), ENOENT);
    EXPECT_EQ(heapsel_error_message(error), expected.message());
    EXPECT_EQ(catalog, nullptr);
    EXPECT_EQ(heapsel_catalog_scan(empty.path().c_str(), &catalog, nullptr), -ENOENT);
}

} // namespace
} // namespace heapsel
