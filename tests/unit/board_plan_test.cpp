// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/board_plan.hpp"

#include <cerrno>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "flat_builder.hpp"
#include "planned_board.hpp"
#include "temporary_directory.hpp"
#include "tree_builder.hpp"

namespace heapsel {
namespace {

using test::heap_names;
using test::mib;
using Names = test::Names;

class Plan : public test::PlannedBoard {};

TEST_F(Plan, WithoutRegionsThereAreTheSystemsHeapAndTheConfiguredArea) {
    const BoardPlan made = plan();
    EXPECT_TRUE(made.regions.empty());
    EXPECT_EQ(heap_names(made), (Names{"default_cma_region", "system"}));
    EXPECT_EQ(made.catalog.find("reserved")->name, "default_cma_region");
    EXPECT_EQ(made.catalog.heaps()[0].permission, Permission::unknown);
    EXPECT_EQ(made.catalog.heaps()[0].device, "/dev/dma_heap/default_cma_region");
    EXPECT_EQ(made.catalog.heaps()[0].size, std::nullopt);
}

TEST_F(Plan, EachGenerationNamesTheDefaultAreaInItsWay) {
    add_pool("linux,cma@40000000", 0x40000000, 64 * mib, {"reusable", "linux,cma-default"});
    for (const auto kernel : {KernelGeneration::series, KernelGeneration::stock}) {
        const BoardPlan made = plan({.kernel = kernel, .command_line = {}});
        EXPECT_EQ(heap_names(made), (Names{"default_cma_region", "system"}));
        EXPECT_EQ(made.catalog.heaps()[0].aliases, Names{"linux,cma@40000000"});
        EXPECT_EQ(made.regions[0].heap, "default_cma_region");
        EXPECT_EQ(made.regions[0].use, RegionKind::default_cma);
        EXPECT_EQ(made.catalog.heaps()[0].region, (Region{.base = 0x40000000, .size = 64 * mib}));
    }
    const BoardPlan old = plan({.kernel = KernelGeneration::before_6_17, .command_line = {}});
    EXPECT_EQ(heap_names(old), (Names{"linux,cma@40000000", "system"}));
    EXPECT_EQ(old.regions[0].heap, "linux,cma@40000000");
}

TEST_F(Plan, OlderKernelsHaveNoHeapOverAnotherAreaOrACarveOut) {
    add_pool("video@50000000", 0x50000000, 64 * mib, {"reusable"});
    add("frames@60000000", 0x60000000, 64 * mib, {}, "carved-out");
    add_pool("pool@70000000", 0x70000000, 64 * mib, {"no-map", "linux,dma-heap"});
    EXPECT_EQ(heap_names(plan()), (Names{"default_cma_region", "frames@60000000", "pool@70000000",
                                         "system", "video@50000000"}));
    const BoardPlan stock = plan({.kernel = KernelGeneration::stock, .command_line = {}});
    EXPECT_EQ(heap_names(stock), (Names{"default_cma_region", "system", "video@50000000"}));
    EXPECT_EQ(stock.regions[1].use, RegionKind::firmware);
    EXPECT_EQ(stock.regions[1].reason, "carved-out, which this kernel does not know; no "
                                       "device's memory-region points at it, without no-map");
    EXPECT_EQ(stock.regions[2].use, RegionKind::coherent_pool);
    EXPECT_EQ(stock.regions[2].reason,
              "shared-dma-pool, without reusable; this kernel does not know linux,dma-heap");
    EXPECT_EQ(heap_names(plan({.kernel = KernelGeneration::before_6_17, .command_line = {}})),
              (Names{"reserved", "system"}));
}

TEST_F(Plan, HeapsHaveThePropertiesOfTheirRegions) {
    add("frames@60000000", 0x60000000, 64 * mib, {"no-map"}, "carved-out");
    const BoardPlan made = plan();
    const Heap* const heap = made.catalog.find("frames@60000000");
    ASSERT_NE(heap, nullptr);
    EXPECT_EQ(heap->property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap->property(Trait::cached).evidence,
              "/reserved-memory/frames@60000000: carved-out, no-map");
    EXPECT_EQ(heap->size, 64U * mib);
    EXPECT_EQ(heap->last_address, 0x63ffffffU);
    EXPECT_EQ(heap->largest_alignment, 65536U);
}

TEST_F(Plan, ACmaParameterTakesThePlaceOfADefaultNode) {
    add_pool("linux,cma@40000000", 0x40000000, 64 * mib, {"reusable", "linux,cma-default"});
    const PlanOptions options{.command_line = "quiet cma=33M"};
    EXPECT_EQ(heap_names(plan(options)), (Names{"default_cma_region", "system"}));
    EXPECT_EQ(plan(options).catalog.find("reserved")->size, 34U * mib);
    EXPECT_EQ(plan(options).catalog.find("reserved")->size_from.evidence,
              "cma=, in whole blocks of 2 MiB");
    const PlannedRegion region = only_region(options);
    EXPECT_EQ(region.use, RegionKind::refused);
    EXPECT_EQ(region.reason, "linux,cma-default, and cma= on the command line takes its place");
    EXPECT_EQ(region.heap, "");
}

TEST_F(Plan, TheParameterMayBeInTheTreesBootArguments) {
    DeviceTreeNode& chosen = root_.children.emplace_back();
    chosen.name = "chosen";
    chosen.properties["bootargs"] = test::text("console=ttyS0 cma=0");
    EXPECT_EQ(heap_names(plan()), Names{"system"});
    EXPECT_EQ(heap_names(plan({.command_line = ""})), (Names{"default_cma_region", "system"}));
}

TEST_F(Plan, OfTwoDefaultAreasTheLastOneIsTakenAndThoseOfARegCountLast) {
    add_pool("first@40000000", 0x40000000, 64 * mib, {"reusable", "linux,cma-default"});
    unplace(add_pool("placed", 0, 0, {"reusable", "linux,cma-default"}), 32 * mib);
    const BoardPlan made = plan();
    EXPECT_EQ(made.regions[0].use, RegionKind::default_cma);
    EXPECT_EQ(made.regions[1].use, RegionKind::cma);
    EXPECT_EQ(made.regions[1].reason,
              "shared-dma-pool, reusable, linux,cma-default, and another area is so after it");
    EXPECT_EQ(made.catalog.find("first@40000000")->name, "default_cma_region");
    EXPECT_EQ(made.catalog.find("placed")->name, "placed");
}

TEST_F(Plan, AnAreaThatIsNotOfWholeBlocksIsRefused) {
    add_pool("odd@40100000", 0x40100000, 64 * mib, {"reusable", "linux,cma-default"});
    const PlannedRegion region = only_region();
    EXPECT_EQ(region.use, RegionKind::refused);
    EXPECT_EQ(region.reason, "shared-dma-pool, reusable, and not of whole blocks of 2 MiB; the "
                             "memory is the system's");
    EXPECT_EQ(plan().catalog.find("reserved")->name, "default_cma_region");
}

TEST_F(Plan, TheBlocksGrowWithThePages) {
    add_pool("a@40000000", 0x40000000, 64 * mib, {"reusable"});
    EXPECT_EQ(only_region({.command_line = {}, .page_size = 16384}).use, RegionKind::cma);
    const PlannedRegion region = only_region({.command_line = {}, .page_size = 65536});
    EXPECT_EQ(region.use, RegionKind::refused);
    EXPECT_NE(region.reason.find("blocks of 512 MiB"), std::string::npos);
}

TEST_F(Plan, OfOnePlacedAtBootTheSizeAloneMustBeOfWholeBlocks) {
    DeviceTreeNode& node = add_pool("a", 0, 0, {"reusable"});
    unplace(node, 4 * mib);
    EXPECT_EQ(only_region().use, RegionKind::cma);
    EXPECT_EQ(only_region().region, std::nullopt);
    EXPECT_EQ(only_region().size, 4U * mib);
    unplace(node, 3 * mib);
    EXPECT_EQ(only_region().use, RegionKind::refused);
}

TEST_F(Plan, APoolIsNoHeapUnlessItAsksForOneAndIsNotMapped) {
    DeviceTreeNode& node = add_pool("pool@40000000", 0x40000000, mib, {});
    EXPECT_EQ(only_region().use, RegionKind::coherent_pool);
    EXPECT_EQ(only_region().reason, "shared-dma-pool, without reusable");
    node.properties["linux,dma-heap"] = "";
    EXPECT_EQ(only_region().reason,
              "shared-dma-pool, without reusable; no linux,dma-heap without no-map");
    node.properties["no-map"] = "";
    EXPECT_EQ(only_region().use, RegionKind::coherent_heap);
    EXPECT_EQ(only_region().heap, "pool@40000000");
    node.properties["linux,dma-default"] = "";
    EXPECT_EQ(only_region().use, RegionKind::coherent_pool);
    EXPECT_EQ(only_region().reason,
              "shared-dma-pool, without reusable; no linux,dma-heap with linux,dma-default");
}

TEST_F(Plan, AReusablePoolWithoutAMappingIsNoPool) {
    add_pool("a@40000000", 0x40000000, 4 * mib, {"reusable", "no-map"});
    EXPECT_EQ(only_region().use, RegionKind::firmware);
    EXPECT_EQ(only_region().reason, "shared-dma-pool, and reusable and no-map exclude each other; "
                                    "no device's memory-region points at it, no-map");
}

TEST_F(Plan, ARestrictedPoolIsNoHeapAndMustBeMapped) {
    DeviceTreeNode& node = add("a@40000000", 0x40000000, mib, {}, "restricted-dma-pool");
    EXPECT_EQ(only_region().use, RegionKind::restricted_pool);
    EXPECT_EQ(only_region().heap, "");
    for (const char* const flag :
         {"reusable", "no-map", "linux,cma-default", "linux,dma-default"}) {
        node.properties[flag] = "";
        EXPECT_EQ(only_region().use, RegionKind::refused) << flag;
        node.properties.erase(flag);
    }
}

TEST_F(Plan, APoolThatBeginsInAPageIsNoHeap) {
    add_pool("pool@40000040", 0x40000040, mib, {"linux,dma-heap", "no-map"});
    EXPECT_EQ(only_region().use, RegionKind::coherent_pool);
    EXPECT_EQ(only_region().reason,
              "shared-dma-pool, without reusable; no linux,dma-heap that begins in a page");
}

TEST_F(Plan, ACarveOutIsAHeapFromOneWholePageOn) {
    DeviceTreeNode& node =
        add("a@40000200", 0x40000200, 2 * 4096 - 0x200, {"no-map"}, "carved-out");
    EXPECT_EQ(only_region().use, RegionKind::carve_out);
    EXPECT_EQ(only_region().heap, "a@40000200");
    node.properties["reg"] = test::cells({0, 0x40000200, 0, 2 * 4096 - 0x201});
    EXPECT_EQ(only_region().use, RegionKind::firmware);
    EXPECT_EQ(only_region().heap, "");
    EXPECT_EQ(
        only_region().reason,
        "carved-out, and without a whole page; no device's memory-region points at it, no-map");
    node.properties["reg"] = test::cells({0, 0x40000200, 0, 0x100});
    EXPECT_EQ(only_region().use, RegionKind::firmware);
}

TEST_F(Plan, WhatADriverTakesByItsNodeIsTheDrivers) {
    add("a@40000000", 0x40000000, mib, {"no-map"}, "qcom,smem");
    EXPECT_EQ(only_region().use, RegionKind::driver);
    EXPECT_EQ(only_region().reason, "qcom,smem");
}

TEST_F(Plan, TheKernelComparesCompatiblesWithoutTheirCase) {
    add("a@40000000", 0x40000000, 4 * mib, {"reusable"}, "Shared-DMA-Pool");
    EXPECT_EQ(only_region().use, RegionKind::cma);
}

TEST_F(Plan, OfSeveralEntriesOfRegTheFirstCountsAndTheReasonSaysSo) {
    add("a@40000000", 0, 0, {"no-map"}).properties["reg"] =
        test::cells({0, 0x40000000, 0, mib, 0, 0x50000000, 0, 4 * mib});
    EXPECT_EQ(only_region().region, (Region{.base = 0x40000000, .size = mib}));
    EXPECT_EQ(only_region().reason, "no device's memory-region points at it, no-map; of the 2 "
                                    "entries of its reg only the first counts");
}

TEST_F(Plan, WhatIsOfNoBoardIsRefusedWithWhatToDo) {
    const auto refused = [](const DeviceTreeNode& root) {
        const std::string blob = test::blob_of(root);
        const auto made = plan_board(std::as_bytes(std::span(blob)), {});
        return made ? std::string() : made.error().hint;
    };
    DeviceTreeNode overlay;
    overlay.children.emplace_back().name = "fragment@0";
    EXPECT_EQ(refused(overlay),
              "It is an overlay: apply it to its board's tree first (fdtoverlay).");
    test::add_memory(overlay, 0x40000000, 0x1000);
    EXPECT_EQ(refused(overlay), "");
    DeviceTreeNode image;
    image.children.emplace_back().name = "images";
    image.children.emplace_back().name = "configurations";
    EXPECT_TRUE(refused(image).starts_with("It is a FIT image: ")) << refused(image);
}

TEST_F(Plan, DevicesThatPointAtARegionAreItsUsers) {
    add("dsp@40000000", 0x40000000, mib, {"no-map"}).properties["phandle"] = test::cells({7});
    EXPECT_EQ(only_region().use, RegionKind::firmware);
    EXPECT_EQ(only_region().reason, "no device's memory-region points at it, no-map");
    DeviceTreeNode& user = add_user("dsp", 7);
    EXPECT_EQ(only_region().use, RegionKind::device);
    EXPECT_EQ(only_region().users, Names{"/dsp"});
    user.properties["status"] = test::text("disabled");
    EXPECT_EQ(only_region().use, RegionKind::firmware);
    EXPECT_EQ(only_region().reason, "the devices that point at it are disabled, no-map");
    EXPECT_TRUE(only_region().users.empty());
}

TEST_F(Plan, ADeviceOnADisabledBusIsDisabled) {
    add("dsp@40000000", 0x40000000, mib).properties["phandle"] = test::cells({7});
    DeviceTreeNode& bus = root_.children.emplace_back();
    bus.name = "soc";
    DeviceTreeNode& user = bus.children.emplace_back();
    user.name = "dsp@1000";
    user.properties["memory-region"] = test::cells({3, 7, 7});
    EXPECT_EQ(only_region().users, Names{"/soc/dsp@1000"});
    bus.properties["status"] = test::text("fail");
    EXPECT_TRUE(only_region().users.empty());
}

TEST_F(Plan, ADisabledRegionIsNotLookedAt) {
    add_pool("a@40000000", 0x40000000, mib, {"reusable"}).properties["status"] =
        test::text("disabled");
    EXPECT_EQ(only_region().use, RegionKind::disabled);
    EXPECT_EQ(only_region().path, "/reserved-memory/a@40000000");
    EXPECT_TRUE(plan().catalog.warnings().empty());
}

TEST_F(Plan, RegionsWithoutARangesOrWithOtherCellsAreNone) {
    add("a@40000000", 0x40000000, mib);
    reserved_.properties.erase("ranges");
    const BoardPlan made = plan();
    EXPECT_TRUE(made.regions.empty());
    ASSERT_EQ(made.catalog.warnings().size(), 1U);
    EXPECT_EQ(made.catalog.warnings()[0],
              "The device tree is malformed at /reserved-memory: it has no ranges; the regions are "
              "ignored, as the kernel does.");
}

TEST_F(Plan, WhatHasNeitherARegNorASizeIsRefused) {
    DeviceTreeNode& node = add("a", 0, 0);
    EXPECT_EQ(only_region().reason, "its reg has no bytes");
    node.properties["reg"] = test::cells({0xffffffff, 0xfffff000, 0, 0x2000});
    EXPECT_EQ(only_region().reason, "its reg runs past the end of the address space");
    node.properties["reg"] = test::cells({1, 2, 3});
    EXPECT_EQ(only_region().use, RegionKind::refused);
    EXPECT_EQ(only_region().reason, "it has no reg of whole entries, and no size");
    node.properties["size"] = test::cells({1});
    EXPECT_EQ(only_region().reason, "its size is no number of #size-cells cells");
    node.properties["size"] = test::cells({0, 0});
    EXPECT_EQ(only_region().reason, "its size is 0");
    node.properties["size"] = test::cells({0, mib});
    EXPECT_EQ(only_region().use, RegionKind::firmware);
    node.properties["alignment"] = test::cells({mib});
    EXPECT_EQ(only_region().reason, "its alignment is no number of #address-cells cells");
    node.properties.erase("alignment");
    node.properties["alloc-ranges"] = test::cells({0, 0, 0, mib - 1});
    EXPECT_EQ(only_region().reason, "no range of its alloc-ranges is as large as it is");
    node.properties["alloc-ranges"] = "";
    EXPECT_EQ(only_region().reason, "no range of its alloc-ranges is as large as it is");
}

TEST_F(Plan, OfARegTheFirstEntryCounts) {
    add("a", 0, 0).properties["reg"] = test::cells({0, 0x40000000, 0, mib, 0, 0, 0, mib});
    EXPECT_EQ(only_region().region, (Region{.base = 0x40000000, .size = mib}));
}

TEST_F(Plan, NoMoreThan64RegionsArePlacedAtBoot) {
    for (int i = 0; i < 65; ++i)
        unplace(add("r" + std::to_string(i), 0, 0), mib);
    const BoardPlan made = plan();
    EXPECT_EQ(made.regions[63].use, RegionKind::firmware);
    EXPECT_EQ(made.regions[64].use, RegionKind::refused);
    EXPECT_EQ(made.regions[64].reason, "more than 64 regions are placed at boot");
}

TEST_F(Plan, RegionsThatOverlapAreAWarning) {
    add("a@40000000", 0x40000000, 2 * mib);
    add("b@40100000", 0x40100000, 2 * mib);
    add("c@40300000", 0x40300000, 2 * mib);
    const BoardPlan made = plan();
    ASSERT_EQ(made.catalog.warnings().size(), 1U);
    EXPECT_EQ(made.catalog.warnings()[0],
              "/reserved-memory/a@40000000 (0x40000000 to 0x401fffff) overlaps with "
              "/reserved-memory/b@40100000 (0x40100000 to 0x402fffff).");
}

TEST_F(Plan, ANameThatIsTakenGivesNoHeap) {
    add_pool("system", 0x40000000, 4 * mib, {"reusable"});
    const BoardPlan made = plan();
    EXPECT_EQ(made.regions[0].use, RegionKind::cma);
    EXPECT_EQ(made.regions[0].heap, "");
    ASSERT_EQ(made.catalog.warnings().size(), 1U);
    EXPECT_EQ(made.catalog.warnings()[0], "/reserved-memory/system gives no heap: another heap "
                                          "has its name. Rename the node.");
}

TEST_F(Plan, AnAreaEndsWhereItsRangesAndWhereMemoryDoes) {
    test::add_memory(root_, 0x40000000, 0x40000000);
    DeviceTreeNode& node = add_pool("a", 0, 0, {"reusable"});
    unplace(node, 4 * mib);
    EXPECT_EQ(plan().catalog.find("a")->last_address, 0x7fffffffU);
    EXPECT_EQ(plan().catalog.find("system")->last_address_from.evidence,
              "the memory nodes, which end there");
    node.properties["alloc-ranges"] = test::cells({0, 0, 0, 0x50000000});
    EXPECT_EQ(plan().catalog.find("a")->last_address, 0x4fffffffU);
    EXPECT_EQ(plan().catalog.find("a")->last_address_from.evidence,
              "/reserved-memory/a: alloc-ranges");
}

TEST_F(Plan, WhereMemoryEndsIsUnknownIfTheBootLoaderOrUefiSays) {
    DeviceTreeNode& memory = test::add_memory(root_, 0, 0);
    EXPECT_EQ(plan().catalog.find("system")->last_address, std::nullopt);
    memory.properties["reg"] = test::cells({0, 0x40000000, 0, mib});
    EXPECT_EQ(plan().catalog.find("system")->last_address, 0x400fffffU);
    DeviceTreeNode& chosen = root_.children.emplace_back();
    chosen.name = "chosen";
    chosen.properties["linux,uefi-mmap-start"] = test::cells({0, 0});
    EXPECT_EQ(plan().catalog.find("system")->last_address, std::nullopt);
}

TEST(PlanBoard, RefusesWhatIsNoTree) {
    const std::string text = "no tree";
    const auto plan = plan_board(std::as_bytes(std::span(text)));
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, EINVAL);
    EXPECT_EQ(plan.error().operation, "read the device tree");
}

TEST(PlanBoard, NamesTheFileThatIsNoTree) {
    const test::TemporaryDirectory directory;
    directory.write("bad.dtb", "no tree");
    const auto plan = plan_board(directory.path() / "bad.dtb");
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, EINVAL);
    EXPECT_EQ(plan.error().subject, directory.path() / "bad.dtb");
    const auto none = plan_board(directory.path() / "none.dtb");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ENOENT);
}

TEST(PlanBoard, RefusesAPageSizeThatNoKernelHas) {
    const auto plan =
        plan_board(std::span<const std::byte>(), {.command_line = {}, .page_size = 8192});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().message(),
              "cannot plan a board (pages of 8192 bytes): Invalid argument. Kernels have pages of "
              "4096, 16384 or 65536 bytes.");
}

TEST(PlanBoard, TooManyReferencesAreE2big) {
    DeviceTreeNode root = test::root();
    root.children.emplace_back().name = "dsp";
    root.children[0].properties["memory-region"] = std::string(std::size_t{4} * 4097, '\1');
    const std::string blob = test::blob_of(root);
    const auto plan = plan_board(std::as_bytes(std::span(blob)));
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, E2BIG);
    EXPECT_EQ(plan.error().hint,
              "The blob is malformed: it has too many references to reserved memory.");
}

TEST(PlanBoard, DeepNestingIsHarmless) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode* deepest = &root;
    for (int depth = 0; depth < 200; ++depth) {
        DeviceTreeNode& child = deepest->children.emplace_back();
        child.name = "n";
        child.properties["memory-region"] = test::cells({1});
        deepest = &child;
    }
    const std::string blob = test::blob_of(root);
    EXPECT_TRUE(plan_board(std::as_bytes(std::span(blob))));
}

TEST(KernelGeneration, WordsAndBack) {
    for (const KernelGeneration generation : all_kernel_generations)
        EXPECT_EQ(parse_kernel_generation(to_string(generation)), generation);
    EXPECT_EQ(parse_kernel_generation("6.12"), std::nullopt);
}

TEST(RegionKind, HasAWordForEach) {
    Names words;
    for (const RegionKind use : all_region_uses)
        words.emplace_back(to_string(use));
    EXPECT_EQ(words,
              (Names{"default-cma", "cma", "coherent-pool", "coherent-heap", "restricted-pool",
                     "carve-out", "driver", "device", "firmware", "refused", "disabled"}));
}

} // namespace
} // namespace heapsel
