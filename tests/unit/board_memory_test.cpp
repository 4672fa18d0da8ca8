// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/board_plan.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "planned_board.hpp"

namespace heapsel {
namespace {

using test::cells;
using test::heap_names;
using test::mib;
using Names = test::Names;

/// What a plan says where memory, or something else that regions need, is short.
class PlannedMemory : public test::PlannedBoard {
  protected:
    DeviceTreeNode& add_memory(std::uint32_t base, std::uint32_t size) {
        return test::add_memory(root_, base, size);
    }

    /// A default area that is placed at boot.
    void add_default(std::uint32_t size, std::uint32_t from, std::uint32_t range) {
        DeviceTreeNode& node = add_pool("linux,cma", 0, 0, {"reusable", "linux,cma-default"});
        unplace(node, size);
        node.properties["alloc-ranges"] = cells({0, from, 0, range});
    }

    DeviceTreeNode& add_node(const std::string& name) {
        DeviceTreeNode& node = root_.children.emplace_back();
        node.name = name;
        return node;
    }
};

TEST_F(PlannedMemory, AnAreaWhoseRangesHaveNoMemoryIsNoHeapAndTheConfiguredAreaIs) {
    add_memory(0x200000, 0x5fe00000);
    add_default(320 * mib, 0x64000000, 0x14000000);
    const BoardPlan made = plan();
    EXPECT_EQ(made.regions[0].use, RegionKind::refused);
    EXPECT_EQ(made.regions[0].reason,
              "shared-dma-pool, reusable, linux,cma-default; no 320 MiB in one piece are free in "
              "its alloc-ranges, by the memory that the blob has");
    EXPECT_EQ(made.regions[0].heap, "");
    EXPECT_EQ(heap_names(made), (Names{"default_cma_region", "system"}));
    EXPECT_EQ(made.catalog.find("reserved")->name, "default_cma_region");
    EXPECT_EQ(made.catalog.find("reserved")->size, std::nullopt);
    EXPECT_EQ(made.catalog.find("reserved")->last_address, 0x5fffffffU);
    EXPECT_EQ(warnings(),
              Names{"/reserved-memory/linux,cma will not be there: no 320 MiB in one piece are "
                    "free in its alloc-ranges, by the memory that the blob has. A boot loader may "
                    "fill in more."});
}

TEST_F(PlannedMemory, ARegionInTheMiddleOfTheRangesLeavesNoRoomWhateverMemoryThereIs) {
    add_default(320 * mib, 0x64000000, 0x14000000);
    EXPECT_EQ(only_region().use, RegionKind::default_cma);
    add("core@6b000000", 0x6b000000, 2 * mib, {"no-map"});
    EXPECT_EQ(plan().regions[0].use, RegionKind::refused);
    EXPECT_EQ(plan().regions[0].reason, "shared-dma-pool, reusable, linux,cma-default; no 320 MiB "
                                        "in one piece are free in its alloc-ranges");
    EXPECT_EQ(warnings(), Names{"/reserved-memory/linux,cma will not be there: no 320 MiB in one "
                                "piece are free in its alloc-ranges."});
}

TEST_F(PlannedMemory, WhereTwoCompeteTheFirstOfTheTreeIsThere) {
    add_memory(0, 0x3b400000);
    add_memory(0x40000000, 0x40000000);
    DeviceTreeNode& rtos = add_pool("rtos@20000000", 0, 0, {"no-map"});
    unplace(rtos, 10 * mib);
    rtos.properties["alloc-ranges"] = cells({0, 0, 0, 0x20000000});
    add_default(512 * mib, 0, 0x30000000);
    EXPECT_EQ(plan().regions[0].use, RegionKind::coherent_pool);
    EXPECT_EQ(plan().regions[1].use, RegionKind::refused);
    reserved_.children[0].properties["alloc-ranges"] = cells({0, 0x30000000, 0, mib * 10});
    EXPECT_EQ(plan().regions[1].use, RegionKind::default_cma);
}

TEST_F(PlannedMemory, WithoutMemoryNodesThereIsRoom) {
    add_default(512 * mib, 0, 0x30000000);
    EXPECT_EQ(only_region().use, RegionKind::default_cma);
    add_memory(0, 0);
    EXPECT_EQ(only_region().use, RegionKind::default_cma);
}

TEST_F(PlannedMemory, ACmaParameterThatFindsNoRoomMakesNoDefaultArea) {
    add_memory(0, 0x7ff00000).properties["reg"] = cells({0, 0, 0, 0x7ff00000, 8, 0, 0, 0x80000000});
    const PlanOptions options{.command_line = "cma=2048M"};
    EXPECT_EQ(heap_names(plan(options)), Names{"system"});
    EXPECT_EQ(warnings(options),
              Names{"There will be no default CMA area, for which cma= asks: no 2 GiB in one piece "
                    "are free below 0x100000000, by the memory that the blob has. A boot loader "
                    "may fill in more."});
    const BoardPlan smaller = plan({.command_line = "cma=1900M"});
    EXPECT_EQ(smaller.catalog.find("reserved")->size, 1900ULL * mib);
    EXPECT_EQ(smaller.catalog.find("reserved")->last_address, 0x7fefffffU);
}

TEST_F(PlannedMemory, OfTheConfiguredAreaOneBlockMustFindRoom) {
    add_memory(0, 0x20000000);
    const PlanOptions large{.command_line = {}, .page_size = 65536};
    EXPECT_EQ(heap_names(plan(large)), Names{"system"});
    EXPECT_EQ(
        warnings(large),
        Names{"There will be no default CMA area: no 512 MiB in one piece are free below "
              "0x20000000, by the memory that the blob has. A boot loader may fill in more."});
    EXPECT_EQ(heap_names(plan()), (Names{"default_cma_region", "system"}));
}

TEST_F(PlannedMemory, AreasWithoutASlotAreNoHeapsAndTheirMemoryIsTheSystems) {
    for (std::uint32_t i = 0; i < 22; ++i)
        add_pool("area" + std::to_string(i), 0x50000000 + i * 4 * mib, 4 * mib, {"reusable"});
    const BoardPlan made = plan();
    EXPECT_EQ(made.catalog.heaps().size(), 21U);
    EXPECT_EQ(made.catalog.find("default_cma_region"), nullptr);
    EXPECT_EQ(made.regions[19].use, RegionKind::cma);
    EXPECT_EQ(made.regions[20].use, RegionKind::refused);
    EXPECT_EQ(made.regions[20].reason,
              "shared-dma-pool, reusable; 20 CMA areas before it take all of the kernel's slots "
              "(CONFIG_CMA_AREAS)");
    const Names warned = warnings();
    ASSERT_EQ(warned.size(), 4U);
    EXPECT_EQ(warned[1], "/reserved-memory/area21 will not be there: 20 CMA areas before it take "
                         "all of the kernel's slots (CONFIG_CMA_AREAS).");
    EXPECT_EQ(warned[2], "There will be no default CMA area: 20 CMA areas before it take all of "
                         "the kernel's slots (CONFIG_CMA_AREAS).");
    EXPECT_EQ(warned[3], "There are 20 CMA areas: a kernel that is configured without NUMA has "
                         "slots for 8 (CONFIG_CMA_AREAS), and makes no more.");
    EXPECT_EQ(plan({.command_line = {}, .cma_areas = 8}).catalog.heaps().size(), 9U);
    EXPECT_EQ(plan({.command_line = {}, .cma_areas = 23}).catalog.heaps().size(), 24U);
}

TEST_F(PlannedMemory, UpToEightAreasTheSlotsAreNoMatter) {
    for (std::uint32_t i = 0; i < 7; ++i)
        add_pool("area" + std::to_string(i), 0x50000000 + i * 4 * mib, 4 * mib, {"reusable"});
    EXPECT_EQ(warnings(), Names{});
    add_pool("last", 0x60000000, 4 * mib, {"reusable"});
    EXPECT_EQ(warnings().size(), 1U);
}

TEST_F(PlannedMemory, AnAreaAcrossTwoNumaNodesIsAHeapWithoutAByte) {
    add_memory(0, 0x40000000).properties["numa-node-id"] = cells({0});
    add_memory(0x40000000, 0x40000000).properties["numa-node-id"] = cells({1});
    add_pool("linux,cma@38000000", 0x38000000, 256 * mib, {"reusable", "linux,cma-default"});
    const BoardPlan made = plan();
    EXPECT_EQ(made.regions[0].use, RegionKind::default_cma);
    EXPECT_EQ(made.regions[0].reason, "shared-dma-pool, reusable, linux,cma-default; not "
                                      "activated, as a zone of memory begins in it, at 0x40000000");
    EXPECT_EQ(made.catalog.find("default_cma_region")->size, 0U);
    EXPECT_EQ(made.catalog.find("default_cma_region")->size_from.evidence,
              "a CMA area in two zones of memory is not activated");
    EXPECT_EQ(warnings(),
              Names{"/reserved-memory/linux,cma@38000000 will be there without a byte: a zone of "
                    "memory begins in it, at 0x40000000, and the kernel activates no CMA area that "
                    "lies in two. Move it to one side."});
    root_.children[2].properties.erase("numa-node-id");
    EXPECT_EQ(plan().catalog.find("default_cma_region")->size, 256U * mib);
}

TEST_F(PlannedMemory, WhatTheBusesReachEndsAZoneAndTheDefaultArea) {
    add_memory(0x40000000, 0x40000000);
    add_pool("video@50000000", 0x50000000, 64 * mib, {"reusable"});
    EXPECT_EQ(plan().catalog.find("video@50000000")->size, 64U * mib);
    DeviceTreeNode& bus = add_node("soc");
    bus.properties["#address-cells"] = cells({1});
    bus.properties["#size-cells"] = cells({1});
    bus.properties["dma-ranges"] = cells({0, 0, 0x40000000, 0x12000000});
    const BoardPlan made = plan();
    EXPECT_EQ(made.catalog.find("video@50000000")->size, 0U);
    EXPECT_EQ(made.catalog.find("reserved")->last_address, 0x51ffffffU);
    EXPECT_EQ(made.catalog.find("reserved")->last_address_from.evidence,
              "the default area is taken from what the dma-ranges of all buses reach");
    root_.children.back().properties["status"] = test::text("disabled");
    EXPECT_EQ(plan().catalog.find("video@50000000")->size, 64U * mib);
}

TEST_F(PlannedMemory, TheAddressesOfABusPassThroughTheBusesAbove) {
    add_memory(0x40000000, 0x40000000);
    DeviceTreeNode& outer = add_node("outer");
    outer.properties["#address-cells"] = cells({1});
    outer.properties["#size-cells"] = cells({1});
    outer.properties["dma-ranges"] = cells({0, 0, 0x40000000, 0x40000000});
    DeviceTreeNode& inner = outer.children.emplace_back();
    inner.name = "inner";
    inner.properties["#address-cells"] = cells({1});
    inner.properties["#size-cells"] = cells({1});
    inner.properties["dma-ranges"] = cells({0x80000000, 0x1000000, 0x1000000});
    EXPECT_EQ(plan().catalog.find("reserved")->last_address, 0x41ffffffU);
}

TEST_F(PlannedMemory, AnAreaThatIsPlacedMayLieInTwoZones) {
    add_memory(0xf0000000, 0x10000000).properties["reg"] = cells({0, 0xf0000000, 0, 0x20000000});
    unplace(add_pool("frames", 0, 0, {"reusable"}), 400 * mib);
    EXPECT_EQ(plan().catalog.find("frames")->size, 400U * mib);
    EXPECT_EQ(warnings(),
              Names{"/reserved-memory/frames may be there without a byte: the kernel may place it "
                    "where a zone of memory begins, at 0x100000000, and activates no CMA area that "
                    "lies in two. Give it alloc-ranges on one side."});
}

TEST_F(PlannedMemory, AnAreaOverNoMemoryIsNoHeapAndACarveOutIs) {
    add_memory(0x40000000, 0x40000000);
    add_pool("frames@7f000000", 0x7f000000, 32 * mib, {"reusable"});
    add("fpga@90000000", 0x90000000, 32 * mib, {"no-map"}, "carved-out");
    const BoardPlan made = plan();
    EXPECT_EQ(heap_names(made), (Names{"default_cma_region", "fpga@90000000", "system"}));
    EXPECT_EQ(made.regions[0].reason, "shared-dma-pool, reusable; a CMA area is made of memory, "
                                      "and not all of this is memory, by the memory that the blob "
                                      "has");
}

TEST_F(PlannedMemory, AMemParameterTakesTheMemoryAbove) {
    add_memory(0x40000000, 0xc0000000).properties["reg"] =
        cells({0, 0x40000000, 0, 0xc0000000, 1, 0, 0, 0xc0000000});
    add_default(960 * mib, 0x40000000, 0xc0000000);
    add("gpu@100000000", 0, 0, {"reusable"}, "shared-dma-pool").properties["reg"] =
        cells({1, 0, 0, 0x10000000});
    EXPECT_EQ(plan().catalog.find("system")->last_address, 0x1bfffffffU);
    EXPECT_NE(plan().catalog.find("gpu@100000000"), nullptr);
    const PlanOptions options{.command_line = "mem=3072M"};
    const BoardPlan made = plan(options);
    EXPECT_EQ(made.catalog.find("system")->last_address, 0xffffffffU);
    EXPECT_EQ(made.catalog.find("system")->last_address_from.evidence,
              "the memory nodes within mem=, which end there");
    EXPECT_EQ(made.catalog.find("gpu@100000000"), nullptr);
    EXPECT_EQ(made.regions[0].use, RegionKind::default_cma);
    EXPECT_EQ(warnings(options),
              Names{"/reserved-memory/gpu@100000000 will not be there: a CMA area is made of "
                    "memory, and not all of this is memory, by the memory that mem= leaves."});
    EXPECT_EQ(plan({.command_line = "mem=64G"}).catalog.find("system")->last_address, 0x1bfffffffU);
}

TEST_F(PlannedMemory, APlacedHeapEndsWhereMemoryDoes) {
    add_memory(0x40000000, 0x20000000);
    add_default(64 * mib, 0x40000000, 0x40000000);
    const BoardPlan made = plan();
    EXPECT_EQ(made.catalog.find("linux,cma")->last_address, 0x5fffffffU);
    EXPECT_EQ(made.catalog.find("linux,cma")->last_address_from.evidence,
              "/reserved-memory/linux,cma: alloc-ranges, as far as there is memory");
}

TEST_F(PlannedMemory, WhatTheHeaderReservesInsideAnAreaIsAWarning) {
    add_pool("linux,cma@84000000", 0x84000000, 256 * mib, {"reusable", "linux,cma-default"});
    add("firmware@a0000000", 0xa0000000, mib, {"no-map"});
    EXPECT_EQ(warnings(), Names{});
    header_ = {{.base = 0x90000000, .size = 0x400000}, {.base = 0xa0000000, .size = mib}};
    EXPECT_EQ(warnings(),
              Names{"/reserved-memory/linux,cma@84000000 (0x84000000 to 0x93ffffff) overlaps with "
                    "what the tree's header reserves (/memreserve/, 0x90000000 to 0x903fffff), and "
                    "is handed out nevertheless."});
}

TEST_F(PlannedMemory, AReferenceThatLeadsToNoRegionIsAWarning) {
    DeviceTreeNode& picture = add_node("linux,picture");
    picture.properties["phandle"] = cells({9});
    DeviceTreeNode& off = add("off@50000000", 0x50000000, mib);
    off.properties["phandle"] = cells({5});
    off.properties["status"] = test::text("disabled");
    add_user("decoder", 9).properties["memory-region"] = cells({5, 9, 0, 8});
    EXPECT_EQ(warnings(),
              (Names{"/decoder: its memory-region leads to no node (phandle 0x8).",
                     "/decoder: its memory-region leads to /linux,picture, which is no child of "
                     "/reserved-memory: the kernel reserves nothing for it."}));
    root_.children.back().properties["status"] = test::text("disabled");
    EXPECT_EQ(warnings(), Names{});
}

TEST_F(PlannedMemory, On32BitArmAreasHaveBlocksOf4MiBAndTheRestIsSaid) {
    add_pool("linux,cma", 0x0f600000, 10 * mib, {"reusable"});
    DeviceTreeNode& cpus = add_node("cpus");
    DeviceTreeNode& cpu = cpus.children.emplace_back();
    cpu.name = "cpu@0";
    cpu.properties["device_type"] = test::text("cpu");
    cpu.properties["compatible"] = test::text("arm,cortex-a53");
    EXPECT_EQ(warnings(), Names{});
    EXPECT_EQ(only_region().use, RegionKind::cma);
    cpu.properties["compatible"] = test::text("arm,cortex-a5");
    EXPECT_EQ(only_region().reason, "shared-dma-pool, reusable, and not of whole blocks of 4 MiB; "
                                    "the memory is the system's");
    EXPECT_EQ(warnings(), Names{"The board's processors are arm,cortex-a5, of 32 bits, and the "
                                "plan goes by the kernel's rules for arm64. Of those for 32-bit "
                                "ARM it has that CMA areas consist of blocks of 4 MiB, as without "
                                "LPAE."});
    cpu.properties["compatible"] = test::text("riscv");
    EXPECT_EQ(only_region().use, RegionKind::cma);
    EXPECT_EQ(warnings(), Names{"The board's processors are riscv, and the plan goes by the "
                                "kernel's rules for arm64."});
}

} // namespace
} // namespace heapsel
