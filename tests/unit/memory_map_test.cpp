// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/memory_map.hpp"

#include <gtest/gtest.h>

#include "tree_builder.hpp"

namespace heapsel {
namespace {

TEST(MemoryMap, HasMemoryRangesAndRegions) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0x40000000, 0x20000000);
    test::add_cma(test::add_reserved_memory(root), "video@50000000", 0x50000000, 0x4000000);
    const MemoryMap map = memory_map(root);
    EXPECT_TRUE(map.warnings.empty());
    ASSERT_EQ(map.memory.size(), 1U);
    EXPECT_EQ(map.memory[0].ranges,
              (std::vector<Region>{{.base = 0x40000000, .size = 0x20000000}}));
    const ReservedRegion* const video = map.find("video@50000000");
    ASSERT_NE(video, nullptr);
    EXPECT_EQ(video->path, "/reserved-memory/video@50000000");
    EXPECT_EQ(video->region, (Region{.base = 0x50000000, .size = 0x4000000}));
    EXPECT_TRUE(video->is_cma());
}

TEST(MemoryMap, TwoCellsMakeOneAddress) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0, 0).properties["reg"] = test::cells({0x8, 0x80000000, 0x1, 0});
    EXPECT_EQ(memory_map(root).memory[0].ranges,
              (std::vector<Region>{{.base = 0x880000000, .size = 0x100000000}}));
}

TEST(MemoryMap, ARangeOfNoBytesIsLeftToTheBootLoader) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0, 0);
    const MemoryMap map = memory_map(root);
    EXPECT_TRUE(map.memory.at(0).ranges.empty());
    EXPECT_TRUE(map.warnings.empty());
}

TEST(MemoryMap, MissingRootCellsAreOneWithAWarning) {
    DeviceTreeNode root = test::root();
    root.properties.erase("#address-cells");
    test::add_memory(root, 0, 0).properties["reg"] = test::cells({0x40000000, 0, 0x1000});
    const MemoryMap map = memory_map(root);
    EXPECT_EQ(map.memory.at(0).ranges, (std::vector<Region>{{.base = 0x40000000, .size = 0x1000}}));
    EXPECT_EQ(map.warnings,
              (std::vector<std::string>{"The device tree is malformed at /: #address-cells is "
                                        "missing, for which the kernel takes 1."}));
}

TEST(MemoryMap, UsableMemoryCountsBeforeReg) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& memory = test::add_memory(root, 0, 0x40000000);
    memory.properties["linux,usable-memory"] = test::cells({0, 0x100000, 0, 0x7ff00000});
    EXPECT_EQ(memory_map(root).last_address(), 0x7fffffffU);
    memory.properties["linux,usable-memory"] = "";
    EXPECT_TRUE(memory_map(root).memory.at(0).ranges.empty());
}

TEST(MemoryMap, EndsWhereTheUsableRangeDoes) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0x80000000, 0).properties["reg"] = test::cells({0, 0x80000000, 0x2, 0});
    DeviceTreeNode& chosen = root.children.emplace_back();
    chosen.name = "chosen";
    chosen.properties["linux,usable-memory-range"] = test::cells({0, 0x80200000, 0, 0x1fe00000});
    const MemoryMap map = memory_map(root);
    EXPECT_EQ(map.capped_by, "linux,usable-memory-range");
    EXPECT_EQ(map.memory.at(0).ranges,
              (std::vector<Region>{{.base = 0x80200000, .size = 0x1fe00000}}));
    EXPECT_EQ(map.last_address(), 0x9fffffffU);
    // Of no bytes it says nothing.
    chosen.properties["linux,usable-memory-range"] = test::cells({0, 0x80200000, 0, 0});
    EXPECT_EQ(memory_map(root).last_address(), 0x27fffffffU);
}

TEST(MemoryMap, BelowALimitItEndsWithTheLastByteThere) {
    DeviceTreeNode root = test::root();
    constexpr std::uint64_t limit = std::uint64_t{1} << 32U;
    EXPECT_EQ(memory_map(root).last_address_below(limit), std::nullopt);
    DeviceTreeNode& memory = test::add_memory(root, 0, 0);
    memory.properties["reg"] = test::cells({0x1, 0, 0x1, 0});
    EXPECT_EQ(memory_map(root).last_address_below(limit), 0x1ffffffffU);
    test::add_memory(root, 0x40000000, 0x40000000);
    EXPECT_EQ(memory_map(root).last_address_below(limit), 0x7fffffffU);
    test::add_memory(root, 0, 0).properties["reg"] = test::cells({0, 0xf0000000, 0, 0x20000000});
    EXPECT_EQ(memory_map(root).last_address_below(limit), 0xffffffffU);
}

TEST(MemoryMap, CellCountsOtherThanOneOrTwoAreAWarning) {
    for (const std::uint32_t bad : {0U, 3U, 0xffffffffU}) {
        DeviceTreeNode root = test::root();
        root.properties["#size-cells"] = test::cells({bad});
        test::add_memory(root, 0, 0x1000);
        EXPECT_EQ(memory_map(root).warnings.size(), 1U) << bad;
    }
}

TEST(MemoryMap, ReservedCellsUnlikeTheRootsDropTheRegionsAsTheKernelDoes) {
    for (const bool missing : {true, false}) {
        DeviceTreeNode root = test::root();
        DeviceTreeNode& reserved = test::add_reserved_memory(root);
        test::add_cma(reserved, "video@50000000", 0x50000000, 0x4000000);
        if (missing)
            reserved.properties.erase("#address-cells");
        else
            reserved.properties["#address-cells"] = test::cells({1});
        const MemoryMap map = memory_map(root);
        EXPECT_TRUE(map.reserved.empty());
        EXPECT_EQ(map.warnings.size(), 1U);
    }
}

TEST(MemoryMap, ARegThatIsNoWholeEntryIsAWarning) {
    for (const std::size_t length : {0U, 1U, 15U, 17U}) {
        DeviceTreeNode root = test::root();
        test::add_memory(root, 0, 0).properties["reg"] = std::string(length, '\1');
        const MemoryMap map = memory_map(root);
        EXPECT_TRUE(map.memory.at(0).ranges.empty()) << length;
        EXPECT_EQ(map.warnings.size(), 1U) << length;
    }
}

TEST(MemoryMap, ARangePastTheEndOfTheAddressSpaceIsAWarning) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0, 0).properties["reg"] =
        test::cells({0xffffffff, 0xfffff000, 0, 0x2000});
    const MemoryMap map = memory_map(root);
    EXPECT_TRUE(map.memory.at(0).ranges.empty());
    EXPECT_EQ(map.warnings.size(), 1U);
}

TEST(MemoryMap, RegionsWithoutARangesAreDroppedAsTheKernelDoes) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& reserved = test::add_reserved_memory(root);
    test::add_cma(reserved, "video@50000000", 0x50000000, 0x4000000);
    reserved.properties.erase("ranges");
    EXPECT_TRUE(memory_map(root).reserved.empty());
    EXPECT_EQ(memory_map(root).warnings.size(), 1U);
}

TEST(MemoryMap, ASizeCountsWhereTheRegIsNoWholeEntryAndAWarningSaysSo) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& node = test::add_cma(test::add_reserved_memory(root), "linux,cma", 0, 0);
    node.properties["reg"] = test::cells({1, 2, 3});
    node.properties["size"] = test::cells({0, 0x8000000});
    const MemoryMap map = memory_map(root);
    EXPECT_EQ(map.find("linux,cma")->size, 0x8000000U);
    EXPECT_EQ(map.find("linux,cma")->not_set_aside, "");
    EXPECT_EQ(map.warnings.size(), 1U);
}

TEST(MemoryMap, AllocRangesOfPartsOfEntriesAreAnywhere) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& node = test::add_cma(test::add_reserved_memory(root), "linux,cma", 0, 0);
    node.properties.erase("reg");
    node.properties["size"] = test::cells({0, 0x8000000});
    node.properties["alloc-ranges"] = test::cells({0, 0, 0, 0x10000000});
    EXPECT_EQ(memory_map(root).find("linux,cma")->alloc_ranges,
              (std::vector<Region>{{.base = 0, .size = 0x10000000}}));
    node.properties["alloc-ranges"] = test::cells({0, 0, 0});
    EXPECT_TRUE(memory_map(root).find("linux,cma")->alloc_ranges.empty());
    EXPECT_EQ(memory_map(root).find("linux,cma")->not_set_aside, "");
}

TEST(MemoryMap, EndsWithTheLastByteOfItsLastRange) {
    DeviceTreeNode root = test::root();
    EXPECT_EQ(memory_map(root).last_address(), std::nullopt);
    test::add_memory(root, 0x80000000, 0x80000000);
    test::add_memory(root, 0x40000000, 0x1000);
    EXPECT_EQ(memory_map(root).last_address(), 0xffffffffU);
    test::add_memory(root, 0, 0);
    EXPECT_EQ(memory_map(root).last_address(), std::nullopt);
}

TEST(MemoryMap, ARegionPlacedAtBootHasASizeAndNoAddress) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& node = test::add_cma(test::add_reserved_memory(root), "linux,cma", 0, 0);
    node.properties.erase("reg");
    node.properties["size"] = test::cells({0, 0x8000000});
    const MemoryMap map = memory_map(root);
    EXPECT_EQ(map.find("linux,cma")->size, 0x8000000U);
    EXPECT_EQ(map.find("linux,cma")->region, std::nullopt);
}

TEST(MemoryMap, ASizeOfTheWrongLengthIsAWarning) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& node = test::add_cma(test::add_reserved_memory(root), "linux,cma", 0, 0);
    node.properties.erase("reg");
    node.properties["size"] = test::cells({1});
    const MemoryMap map = memory_map(root);
    EXPECT_EQ(map.find("linux,cma")->size, std::nullopt);
    EXPECT_EQ(map.warnings.size(), 1U);
}

TEST(MemoryMap, DisabledNodesAreLeftOut) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0, 0x1000).properties["status"] = test::text("disabled");
    test::add_cma(test::add_reserved_memory(root), "a", 0, 0x1000).properties["status"] =
        test::text("disabled");
    const MemoryMap map = memory_map(root);
    EXPECT_TRUE(map.memory.empty());
    EXPECT_TRUE(map.reserved.empty());
    EXPECT_EQ(map.disabled, std::vector<std::string>{"/reserved-memory/a"});
}

TEST(MemoryMap, OnlyAReusableMappedPoolIsCma) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& reserved = test::add_reserved_memory(root);
    test::add_cma(reserved, "kept", 0, 0x1000).properties.erase("reusable");
    test::add_cma(reserved, "unmapped", 0, 0x1000).properties["no-map"] = "";
    test::add_cma(reserved, "other", 0, 0x1000).properties["compatible"] =
        test::text("restricted-dma-pool");
    const MemoryMap map = memory_map(root);
    for (const char* const name : {"kept", "unmapped", "other"})
        EXPECT_FALSE(map.find(name)->is_cma()) << name;
}

TEST(MemoryMap, OnlyAPoolThatIsNeitherReusableNorMappedAndAsksForAHeapIsACoherentHeap) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& reserved = test::add_reserved_memory(root);
    const auto add_pool = [&](const std::string& name) -> DeviceTreeNode& {
        DeviceTreeNode& node = test::add_cma(reserved, name, 0, 0x1000);
        node.properties.erase("reusable");
        node.properties["linux,dma-heap"] = "";
        return node;
    };
    add_pool("mapped");
    add_pool("unmapped").properties["no-map"] = "";
    add_pool("silent").properties.erase("linux,dma-heap");
    add_pool("reusable").properties["reusable"] = "";
    add_pool("restricted").properties["compatible"] = test::text("restricted-dma-pool");
    DeviceTreeNode& everybodys = add_pool("everybody's");
    everybodys.properties["no-map"] = everybodys.properties["linux,dma-default"] = "";
    const MemoryMap map = memory_map(root);
    EXPECT_TRUE(map.find("unmapped")->is_coherent_heap());
    for (const char* const name : {"mapped", "silent", "reusable", "restricted", "everybody's"})
        EXPECT_FALSE(map.find(name)->is_coherent_heap()) << name;
    for (const char* const name : {"mapped", "unmapped", "silent", "everybody's"})
        EXPECT_TRUE(map.find(name)->is_coherent_pool()) << name;
    EXPECT_TRUE(map.find("reusable")->is_cma());
}

TEST(MemoryMap, ACarveOutSaysSoInCompatible) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& reserved = test::add_reserved_memory(root);
    test::add_cma(reserved, "a", 0, 0x1000).properties["compatible"] = test::text("carved-out");
    test::add_cma(reserved, "b", 0, 0x1000);
    const MemoryMap map = memory_map(root);
    EXPECT_TRUE(map.find("a")->carved_out);
    EXPECT_FALSE(map.find("a")->is_cma());
    EXPECT_FALSE(map.find("b")->carved_out);
}

TEST(MemoryMap, FindsARegionByItsPath) {
    DeviceTreeNode root = test::root();
    test::add_cma(test::add_reserved_memory(root), "a", 0, 0x1000);
    const MemoryMap map = memory_map(root);
    EXPECT_EQ(map.find_path("/reserved-memory/a"), map.find("a"));
    EXPECT_NE(map.find("a"), nullptr);
    EXPECT_EQ(map.find_path("a"), nullptr);
}

TEST(MemoryMap, EccBitsOfTheWrongLengthAreAWarningAndUnstated) {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0, 0x1000).properties["ecc-correction-bits"] = "1";
    const MemoryMap map = memory_map(root);
    EXPECT_FALSE(map.memory.at(0).ecc.stated());
    EXPECT_EQ(map.warnings.size(), 1U);
}

TEST(MemoryMap, WarningsEscapeNodeNames) {
    DeviceTreeNode root = test::root();
    DeviceTreeNode& memory = test::add_memory(root, 0, 0);
    memory.name = "memory\x1b";
    memory.properties["reg"] = "x";
    EXPECT_NE(memory_map(root).warnings.at(0).find("/memory\\x1b"), std::string::npos);
}

} // namespace
} // namespace heapsel
