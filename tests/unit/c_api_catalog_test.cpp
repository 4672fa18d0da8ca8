// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/catalog.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "c/handles.hpp"
#include "c_board.hpp"
#include "c_handle.hpp"
#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

using CApiHeaps = test::CBoard;

TEST_F(CApiHeaps, ACatalogHasTheHeapsByNameAndAlias) {
    ASSERT_EQ(heapsel_catalog_heap_count(catalog_.get()), 6U);
    EXPECT_STREQ(heapsel_heap_name(heapsel_catalog_heap(catalog_.get(), 0)), "coherent@64000000");
    EXPECT_EQ(heapsel_catalog_warning_count(catalog_.get()), 0U);
    const heapsel_heap* const found = heap("reserved");
    EXPECT_STREQ(heapsel_heap_name(found), "default_cma_region");
    ASSERT_EQ(heapsel_heap_alias_count(found), 1U);
    EXPECT_STREQ(heapsel_heap_alias(found, 0), "reserved");
    EXPECT_TRUE(heapsel_heap_is_called(found, "reserved"));
    EXPECT_FALSE(heapsel_heap_is_called(found, "system"));
    EXPECT_EQ(heapsel_heap_node(found), board_.root() / "dev/dma_heap/default_cma_region");
    ASSERT_EQ(heapsel_heap_folder_count(found), 2U);
    EXPECT_EQ(heapsel_heap_folder(found, 1), board_.root() / "sys/class/dma_heap/reserved");
}

TEST_F(CApiHeaps, WhatIsWrongWithATreeIsAWarning) {
    board_.folder().write("sys/class/dma_heap/frames@60000000/size_bytes", "\n");
    const auto catalog = made_by<test::OwnedCatalog>(heapsel_catalog_scan, root());
    ASSERT_EQ(heapsel_catalog_warning_count(catalog.get()), 1U);
    EXPECT_TRUE(std::string(heapsel_catalog_warning(catalog.get(), 0))
                    .ends_with("Invalid argument. It is empty."));
}

TEST_F(CApiHeaps, AHeapSaysWhatIsKnownOfItAndFromWhere) {
    const heapsel_heap* const found = heap("nonecc@58000000");
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    EXPECT_TRUE(heapsel_heap_region(found, &base, &size));
    EXPECT_EQ(base, 0x58000000U);
    EXPECT_EQ(size, 64U << 20U);
    EXPECT_TRUE(heapsel_heap_region(found, nullptr, nullptr));
    EXPECT_EQ(heapsel_heap_region_source(found), HEAPSEL_SOURCE_DEVICE_TREE);
    EXPECT_STREQ(heapsel_heap_region_evidence(found),
                 "/reserved-memory/nonecc@58000000: reg, the kernel's of_node");
    size = 0;
    EXPECT_TRUE(heapsel_heap_size(found, &size));
    EXPECT_EQ(size, 64U << 20U);
    EXPECT_TRUE(heapsel_heap_size(found, nullptr));
    EXPECT_EQ(heapsel_heap_size_source(found), HEAPSEL_SOURCE_SYSFS);
    EXPECT_STREQ(heapsel_heap_size_evidence(found),
                 "/sys/class/dma_heap/nonecc@58000000/size_bytes");
    EXPECT_EQ(heapsel_heap_property(found, HEAPSEL_TRAIT_ECC), HEAPSEL_ANSWER_NO);
    EXPECT_EQ(heapsel_heap_property(found, HEAPSEL_TRAIT_CONTIGUOUS), HEAPSEL_ANSWER_YES);
    EXPECT_EQ(heapsel_heap_property_source(found, HEAPSEL_TRAIT_ECC), HEAPSEL_SOURCE_DEVICE_TREE);
    EXPECT_TRUE(std::string(heapsel_heap_property_evidence(found, HEAPSEL_TRAIT_ECC))
                    .contains("ecc-correction-bits = 0"));
}

TEST_F(CApiHeaps, AHeapSaysWhereItsMemoryEndsAndItsBuffersBegin) {
    const heapsel_heap* const found = heap("nonecc@58000000");
    const Heap& expected = *c_api::from_c(found);
    std::uint64_t address = 0;
    EXPECT_TRUE(heapsel_heap_last_address(found, &address));
    EXPECT_EQ(address, 0x5bffffffU);
    EXPECT_TRUE(heapsel_heap_last_address(found, nullptr));
    EXPECT_EQ(heapsel_heap_last_address_source(found), HEAPSEL_SOURCE_DEVICE_TREE);
    EXPECT_EQ(heapsel_heap_last_address_evidence(found), expected.last_address_from.evidence);
    EXPECT_EQ(heapsel_heap_largest_alignment(found), expected.largest_alignment);
    EXPECT_GT(heapsel_heap_largest_alignment(found), smallest_page);
    EXPECT_EQ(heapsel_heap_alignment_source(found), HEAPSEL_SOURCE_KERNEL);
    EXPECT_EQ(heapsel_heap_alignment_evidence(found), expected.alignment_from.evidence);
}

TEST_F(CApiHeaps, UdmabufIsDescribedAndIsNoHeap) {
    const heapsel_heap* const udmabuf = heapsel_catalog_udmabuf(catalog_.get());
    EXPECT_STREQ(heapsel_heap_name(udmabuf), "udmabuf");
    EXPECT_EQ(heapsel_heap_exporter(udmabuf), HEAPSEL_EXPORTER_UDMABUF);
    const heapsel_catalog silent{HeapCatalog({test::heap("a")})};
    EXPECT_EQ(heapsel_catalog_udmabuf(&silent), nullptr);
}

TEST_F(CApiHeaps, WhatAHeapDoesNotHaveLeavesThePlaceForItAlone) {
    std::uint64_t base = 1;
    std::uint64_t size = 2;
    EXPECT_FALSE(heapsel_heap_region(heap("system"), &base, &size));
    EXPECT_FALSE(heapsel_heap_size(heap("system"), &size));
    EXPECT_EQ(base, 1U);
    EXPECT_EQ(size, 2U);
}

TEST_F(CApiHeaps, OnARecordedMachinePermissionsAreUnknownAndNeedNoRemedy) {
    EXPECT_EQ(heapsel_heap_permission(heap("system")), HEAPSEL_PERMISSION_UNKNOWN);
    EXPECT_EQ(heapsel_heap_open_errno(heap("system")), 0);
    EXPECT_FALSE(heapsel_heap_node_mode(heap("system"), nullptr, nullptr, nullptr));
    std::string text = "text";
    char* remedy = text.data();
    EXPECT_EQ(calling(heapsel_heap_permission_remedy, heap("system"), &remedy), "0");
    EXPECT_EQ(remedy, nullptr);
}

TEST(CApiHeap, ThatIsDeniedHasARemedy) {
    const Heap denied = test::denied(test::heap("system"));
    const heapsel_heap* const heap = c_api::to_c(&denied);
    EXPECT_EQ(heapsel_heap_permission(heap), HEAPSEL_PERMISSION_DENIED);
    EXPECT_EQ(heapsel_heap_open_errno(heap), EACCES);
    std::uint32_t user = 1;
    std::uint32_t group = 1;
    std::uint32_t mode = 0;
    EXPECT_TRUE(heapsel_heap_node_mode(heap, nullptr, nullptr, nullptr));
    EXPECT_TRUE(heapsel_heap_node_mode(heap, &user, &group, &mode));
    EXPECT_EQ(user, 0U);
    EXPECT_EQ(group, 0U);
    EXPECT_EQ(mode, 0600U);
    EXPECT_FALSE(heapsel_heap_node_mode(nullptr, &user, &group, &mode));
    char* remedy = nullptr;
    EXPECT_EQ(calling(heapsel_heap_permission_remedy, heap, &remedy), "0");
    ASSERT_NE(remedy, nullptr);
    EXPECT_TRUE(std::string(remedy).contains("SUBSYSTEM==\"dma_heap\"")) << remedy;
    std::free(remedy);
}

TEST_F(CApiHeaps, AWrongNameIsEnoentWithTheNearest) {
    const heapsel_heap* found = heap("system");
    EXPECT_EQ(calling(heapsel_catalog_find, catalog_.get(), "sytem", &found),
              find_heap(catalog_->value, "sytem").error().message());
    EXPECT_EQ(found, nullptr);
}

TEST(CApiCatalog, OfAFolderWithoutHeapsIsEnoentAndLeavesNoHandle) {
    const test::TemporaryFolder empty;
    heapsel_catalog* catalog = nullptr;
    heapsel_error* error = nullptr;
    EXPECT_EQ(heapsel_catalog_scan(empty.path().c_str(), &catalog, &error), -ENOENT);
    const test::OwnedError owned(error);
    const Error expected = HeapCatalog::scan(empty.path()).error();
    EXPECT_EQ(heapsel_error_code(error), ENOENT);
    EXPECT_EQ(heapsel_error_attempted(error), expected.attempted);
    EXPECT_EQ(heapsel_error_subject(error), expected.subject);
    EXPECT_EQ(heapsel_error_remedy(error), expected.remedy);
    EXPECT_EQ(heapsel_error_message(error), expected.message());
    EXPECT_EQ(catalog, nullptr);
    EXPECT_EQ(heapsel_catalog_scan(empty.path().c_str(), &catalog, nullptr), -ENOENT);
}

TEST_F(CApiHeaps, AFigureIsANumberOrNoneOrUnknown) {
    const auto statistics =
        made_by<test::OwnedStatistics>(heapsel_heap_read_statistics, heap("frames@60000000"));
    const std::array<std::uint64_t, 6> expected{33554432, 31563776, 16777216, 3, 1990656, 5308416};
    for (int i = 0; i < 6; ++i) {
        const auto figure = static_cast<heapsel_figure>(i);
        std::uint64_t value = 0;
        EXPECT_TRUE(heapsel_statistics_figure(statistics.get(), figure, &value));
        EXPECT_EQ(value, expected.at(static_cast<std::size_t>(i)));
        EXPECT_TRUE(heapsel_statistics_figure(statistics.get(), figure, nullptr));
        EXPECT_STREQ(heapsel_statistics_unknown_because(statistics.get(), figure), "");
    }
    const auto system =
        made_by<test::OwnedStatistics>(heapsel_heap_read_statistics, heap("system"));
    EXPECT_FALSE(heapsel_statistics_figure(system.get(), HEAPSEL_FIGURE_SIZE, nullptr));
    EXPECT_STREQ(heapsel_statistics_unknown_because(system.get(), HEAPSEL_FIGURE_SIZE), "");
    board_.folder().write("sys/class/dma_heap/system/peak_bytes", "-3\n");
    const auto odd = made_by<test::OwnedStatistics>(heapsel_heap_read_statistics, heap("system"));
    EXPECT_FALSE(heapsel_statistics_figure(odd.get(), HEAPSEL_FIGURE_PEAK, nullptr));
    EXPECT_TRUE(std::string(heapsel_statistics_unknown_because(odd.get(), HEAPSEL_FIGURE_PEAK))
                    .contains("\"-3\" is no unsigned decimal number."));
}

TEST_F(CApiHeaps, AccountingSaysWhoPays) {
    const auto dmem =
        made_by<test::OwnedAccounting>(heapsel_heap_read_accounting, heap("frames@60000000"));
    EXPECT_EQ(heapsel_accounting_controller(dmem.get()), HEAPSEL_CONTROLLER_DMEM);
    EXPECT_STREQ(heapsel_accounting_region(dmem.get()), "frames@60000000");
    EXPECT_STREQ(heapsel_accounting_unknown_because(dmem.get()), "");
    const auto memcg = made_by<test::OwnedAccounting>(heapsel_heap_read_accounting, heap("system"));
    EXPECT_EQ(heapsel_accounting_controller(memcg.get()), HEAPSEL_CONTROLLER_MEMCG);
    EXPECT_EQ(heapsel_accounting_region(memcg.get()), nullptr);
    board_.folder().write("sys/class/dma_heap/system/accounting", "else\n");
    const auto odd = made_by<test::OwnedAccounting>(heapsel_heap_read_accounting, heap("system"));
    EXPECT_EQ(heapsel_accounting_controller(odd.get()), HEAPSEL_CONTROLLER_UNKNOWN);
    EXPECT_TRUE(std::string(heapsel_accounting_unknown_because(odd.get())).contains("\"else\""));
}

} // namespace
} // namespace heapsel
