// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_aliases.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

using Names = std::vector<std::string>;
constexpr std::uint64_t mebibyte = 1U << 20U;

ReservedRegion pool(std::string name, bool is_default) {
    ReservedRegion region;
    region.name = std::move(name);
    region.path = "/reserved-memory/" + region.name;
    region.region = Region{.base = 0x10000000, .size = 64 * mebibyte};
    region.size = 64 * mebibyte;
    region.shared_dma_pool = true;
    region.reusable = true;
    region.cma_default = is_default;
    return region;
}

Machine machine(std::vector<ReservedRegion> regions = {}) {
    Machine machine;
    machine.tree = TreeState::read;
    machine.memory.reserved = std::move(regions);
    machine.command_line_known = true;
    machine.page_size = 4096;
    return machine;
}

Machine with_cma(std::vector<ReservedRegion> regions, std::uint64_t size) {
    Machine made = machine(std::move(regions));
    made.cma = CmaParameter{.size = size, .base = std::nullopt};
    return made;
}

CmaArea area(std::string name, std::uint64_t bytes) {
    return {.name = std::move(name), .total_pages = bytes / 4096, .available_pages = {}};
}

const Names with_reserved{"default_cma_region", "reserved", "system"};
const Names with_node{"default_cma_region", "linux,cma", "system"};

TEST(DefaultCmaAlias, IsReservedWhereTheCommandLineSizedIt) {
    EXPECT_EQ(default_cma_alias(with_reserved, with_cma({}, 64 * mebibyte)), "reserved");
}

TEST(DefaultCmaAlias, IsReservedWhereTheKernelConfigurationSizedIt) {
    EXPECT_EQ(default_cma_alias(with_reserved, machine()), "reserved");
}

TEST(DefaultCmaAlias, IsReservedOnAMachineWithoutADeviceTree) {
    Machine without_tree;
    EXPECT_EQ(default_cma_alias(with_reserved, without_tree), "reserved");
}

TEST(DefaultCmaAlias, IsTheDefaultNodesName) {
    for (const char* const name : {"linux,cma", "default-pool", "linux,cma@60000000"}) {
        const Names names{"default_cma_region", name, "system"};
        EXPECT_EQ(default_cma_alias(names, machine({pool(name, true)})), name);
    }
}

TEST(DefaultCmaAlias, IsReservedWhereTheCommandLineDisplacedTheDefaultNode) {
    EXPECT_EQ(default_cma_alias(with_reserved, with_cma({pool("linux,cma", true)}, mebibyte)),
              "reserved");
}

TEST(DefaultCmaAlias, AnotherCmaRegionIsNone) {
    const Names names{"default_cma_region", "system", "video@50000000"};
    EXPECT_EQ(default_cma_alias(names, machine({pool("video@50000000", false)})), std::nullopt);
}

TEST(DefaultCmaAlias, ThereIsNoneWithoutTheStableName) {
    EXPECT_EQ(default_cma_alias(Names{"reserved", "system"}, machine()), std::nullopt);
    EXPECT_EQ(default_cma_alias(Names{"linux,cma", "system"}, machine({pool("linux,cma", true)})),
              std::nullopt);
}

TEST(DefaultCmaAlias, ThereIsNoneWithoutASecondName) {
    EXPECT_EQ(default_cma_alias(Names{"default_cma_region"}, machine()), std::nullopt);
    EXPECT_EQ(default_cma_alias(Names{"default_cma_region"}, machine({pool("linux,cma", true)})),
              std::nullopt);
}

TEST(DefaultCmaAlias, ACmaNodeCalledReservedIsARegionOfItsOwn) {
    EXPECT_EQ(default_cma_alias(with_reserved, machine({pool("reserved", false)})), std::nullopt);
    EXPECT_EQ(default_cma_alias(with_reserved, with_cma({pool("reserved", false)}, mebibyte)),
              std::nullopt);
}

TEST(DefaultCmaAlias, AnUnreadableTreeFoldsNothing) {
    Machine unreadable = machine();
    unreadable.tree = TreeState::unreadable;
    EXPECT_EQ(default_cma_alias(with_reserved, unreadable), std::nullopt);
}

TEST(DefaultCmaAlias, TwoDefaultNodesFoldNothing) {
    const Names names{"a", "b", "default_cma_region"};
    EXPECT_EQ(default_cma_alias(names, machine({pool("a", true), pool("b", true)})), std::nullopt);
}

TEST(DefaultCmaAlias, ADefaultNodeThatIsNoCmaDoesNotCount) {
    ReservedRegion unmapped = pool("linux,cma", true);
    unmapped.no_map = true;
    EXPECT_EQ(default_cma_alias(with_node, machine({unmapped})), std::nullopt);
    EXPECT_EQ(default_cma_alias(with_reserved, machine({unmapped})), "reserved");
}

TEST(DefaultCmaAlias, BothNamesAtOnceContradictEachOther) {
    const Names both{"default_cma_region", "linux,cma", "reserved"};
    EXPECT_EQ(default_cma_alias(both, machine({pool("linux,cma", true)})), std::nullopt);
    EXPECT_EQ(default_cma_alias(both, with_cma({pool("linux,cma", true)}, mebibyte)), std::nullopt);
}

TEST(DefaultCmaAlias, AnAreaThatWasSwitchedOffIsAContradiction) {
    EXPECT_EQ(default_cma_alias(with_reserved, with_cma({}, 0)), std::nullopt);
}

TEST(DefaultCmaAlias, WithoutACommandLineTheNamesDecide) {
    Machine unknown = machine({pool("linux,cma", true)});
    unknown.command_line_known = false;
    EXPECT_EQ(default_cma_alias(with_node, unknown), "linux,cma");
    EXPECT_EQ(default_cma_alias(with_reserved, unknown), "reserved");
}

TEST(DefaultCmaAlias, AnAreaOfAnotherSizeFoldsNothing) {
    Machine other = machine({pool("linux,cma", true)});
    other.cma_areas = {area("linux,cma", 32 * mebibyte)};
    EXPECT_EQ(default_cma_alias(with_node, other), std::nullopt);
    other.cma_areas = {area("linux,cma", 64 * mebibyte)};
    EXPECT_EQ(default_cma_alias(with_node, other), "linux,cma");
}

TEST(DefaultCmaAlias, ASizeOnTheCommandLineIsRoundedUpNeverDown) {
    Machine sized = with_cma({}, 64 * mebibyte);
    sized.cma_areas = {area("reserved", 68 * mebibyte)};
    EXPECT_EQ(default_cma_alias(with_reserved, sized), "reserved");
    sized.cma_areas = {area("reserved", 60 * mebibyte)};
    EXPECT_EQ(default_cma_alias(with_reserved, sized), std::nullopt);
}

TEST(DefaultCmaAlias, AnAreaThatTheKernelDoesNotListFoldsNothing) {
    Machine other = machine();
    other.cma_areas = {area("video@50000000", mebibyte)};
    EXPECT_EQ(default_cma_alias(with_reserved, other), std::nullopt);
}

TEST(DefaultCmaAlias, WithoutAPageSizeTheAreasSizeIsNoEvidence) {
    Machine recorded = machine({pool("linux,cma", true)});
    recorded.cma_areas = {area("linux,cma", 32 * mebibyte)};
    recorded.page_size.reset();
    EXPECT_EQ(default_cma_alias(with_node, recorded), "linux,cma");
}

TEST(DefaultCmaArea, IsTheNodeEvenWhereItsOwnHeapIsNotListed) {
    const Machine sized = machine({pool("linux,cma", true)});
    const DefaultArea found = default_cma_area(Names{"default_cma_region"}, sized);
    EXPECT_EQ(found.origin, DefaultArea::Origin::node);
    EXPECT_EQ(found.node, sized.memory.reserved.data());
}

TEST(DefaultCmaArea, IsUncertainWhereNeitherNamesNorCommandLineTell) {
    Machine unknown = machine({pool("linux,cma", true)});
    unknown.command_line_known = false;
    EXPECT_EQ(default_cma_area(Names{"default_cma_region"}, unknown).origin,
              DefaultArea::Origin::uncertain);
}

} // namespace
} // namespace heapsel
