// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_location.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

using Names = std::vector<std::string>;

constexpr std::uint64_t page = 4096;

ReservedRegion region(const std::string& name, std::uint64_t base) {
    ReservedRegion region;
    region.name = name;
    region.path = "/reserved-memory/" + name;
    region.region = Region{.base = base, .size = 0x4000};
    region.size = 0x4000;
    return region;
}

ReservedRegion cma(const std::string& name, std::uint64_t base) {
    ReservedRegion made = region(name, base);
    made.shared_dma_pool = true;
    made.reusable = true;
    return made;
}

/// A machine with the nodes a@1000 and b@5000.
Machine two_nodes() {
    Machine machine;
    machine.tree = TreeState::read;
    machine.memory.reserved = {region("a@1000", 0x1000), region("b@5000", 0x5000)};
    machine.page_size = page;
    return machine;
}

void link(Machine& machine, const std::string& heap, std::optional<std::string> node,
          std::optional<std::uint64_t> size = std::nullopt) {
    machine.heap_directories.push_back(
        {.name = heap, .path = {}, .node = std::move(node), .size = size});
}

Place placed(const std::string& name, const Machine& machine, const Names& aliases = {}) {
    Heap heap = test::heap(name);
    heap.aliases = aliases;
    return place_of(heap, Names{name}, machine);
}

TEST(HeapLocation, IsTheNodeOfTheHeapsName) {
    const Machine machine = two_nodes();
    const Place place = placed("a@1000", machine);
    EXPECT_EQ(place.node, machine.memory.reserved.data());
    EXPECT_EQ(place.region, (Region{.base = 0x1000, .size = 0x4000}));
    EXPECT_EQ(place.region_from.source, Source::device_tree);
    EXPECT_EQ(place.region_from.evidence,
              "/reserved-memory/a@1000: reg, a node of the heap's name");
    EXPECT_EQ(place.size, 0x4000U);
    EXPECT_EQ(place.size_from.source, Source::device_tree);
    EXPECT_EQ(place.size_from.evidence, "/reserved-memory/a@1000: reg");
}

TEST(HeapLocation, TheKernelsLinkCountsBeforeTheName) {
    Machine machine = two_nodes();
    link(machine, "a@1000", "/reserved-memory/b@5000");
    const Place place = placed("a@1000", machine);
    EXPECT_EQ(place.node, &machine.memory.reserved[1]);
    EXPECT_EQ(place.region, (Region{.base = 0x5000, .size = 0x4000}));
    EXPECT_EQ(place.region_from.evidence, "/reserved-memory/b@5000: reg, the kernel's of_node");
}

TEST(HeapLocation, AHeapOfAnyNameIsWhereTheKernelsLinkLeads) {
    Machine machine = two_nodes();
    link(machine, "codec", "/reserved-memory/b@5000");
    EXPECT_EQ(placed("codec", machine).node, &machine.memory.reserved[1]);
}

TEST(HeapLocation, TheLinkOfAnAliasCountsToo) {
    Machine machine = two_nodes();
    link(machine, "default_cma_region", std::nullopt);
    link(machine, "b@5000", "/reserved-memory/b@5000");
    EXPECT_EQ(placed("default_cma_region", machine, {"b@5000"}).node, &machine.memory.reserved[1]);
}

TEST(HeapLocation, ADirectoryWithoutALinkLeavesItToTheName) {
    Machine machine = two_nodes();
    link(machine, "a@1000", std::nullopt);
    EXPECT_EQ(placed("a@1000", machine).node, machine.memory.reserved.data());
}

TEST(HeapLocation, ALinkToANodeThatWasNotReadIsUncertainWhateverTheName) {
    Machine machine = two_nodes();
    link(machine, "a@1000", "/reserved-memory/gone@9000");
    const Place place = placed("a@1000", machine);
    EXPECT_EQ(place.node, nullptr);
    EXPECT_EQ(place.region, std::nullopt);
    EXPECT_EQ(place.region_from.source, Source::none);
    EXPECT_EQ(place.size, std::nullopt);
    EXPECT_EQ(place.uncertain_because,
              "the device tree that was read lacks /reserved-memory/gone@9000, where the kernel's "
              "of_node leads");
}

TEST(HeapLocation, TheLinkOfTheDefaultRegionSettlesWhereItIs) {
    Machine machine = two_nodes();
    for (ReservedRegion& node : machine.memory.reserved) {
        node = cma(node.name, node.region->base);
        node.cma_default = true;
    }
    machine.command_line_known = true;
    EXPECT_EQ(placed("default_cma_region", machine).uncertain_because,
              "where the default CMA area was taken from is not certain");
    link(machine, "default_cma_region", "/reserved-memory/a@1000");
    EXPECT_EQ(placed("default_cma_region", machine).uncertain_because, "");
    EXPECT_EQ(placed("default_cma_region", machine).node, machine.memory.reserved.data());
}

TEST(HeapLocation, AHeapOfNoNodeIsAnywhere) {
    const Place place = placed("system", two_nodes());
    EXPECT_EQ(place.node, nullptr);
    EXPECT_EQ(place.region, std::nullopt);
    EXPECT_EQ(place.size, std::nullopt);
    EXPECT_EQ(place.size_from.source, Source::none);
    EXPECT_EQ(place.uncertain_because, "");
}

TEST(HeapLocation, TheSizeIsTheKernelsBeforeTheTrees) {
    Machine machine = two_nodes();
    link(machine, "a@1000", std::nullopt, 0x3000);
    const Place place = placed("a@1000", machine);
    EXPECT_EQ(place.size, 0x3000U);
    EXPECT_EQ(place.size_from.source, Source::sysfs);
    EXPECT_EQ(place.size_from.evidence, "/sys/class/dma_heap/a@1000/size_bytes");
}

TEST(HeapLocation, TheSizeOfACmaAreaCountsBeforeTheTrees) {
    Machine machine = two_nodes();
    machine.memory.reserved[0] = cma("a@1000", 0x1000);
    machine.cma_areas = {{.name = "a@1000", .total_pages = 2, .available_pages = {}}};
    const Place place = placed("a@1000", machine);
    EXPECT_EQ(place.size, 2 * page);
    EXPECT_EQ(place.size_from.source, Source::sysfs);
    EXPECT_EQ(place.size_from.evidence, "/sys/kernel/mm/cma/a@1000/total_pages");
}

TEST(HeapLocation, ACmaAreaSaysNothingOfANodeThatIsNone) {
    Machine machine = two_nodes();
    machine.cma_areas = {{.name = "a@1000", .total_pages = 2, .available_pages = {}}};
    EXPECT_EQ(placed("a@1000", machine).size, 0x4000U);
}

TEST(HeapLocation, ANodePlacedAtBootHasASizeAndNoRegion) {
    Machine machine = two_nodes();
    machine.memory.reserved[0].region = std::nullopt;
    const Place place = placed("a@1000", machine);
    EXPECT_EQ(place.region, std::nullopt);
    EXPECT_EQ(place.region_from.source, Source::none);
    EXPECT_EQ(place.size, 0x4000U);
    EXPECT_EQ(place.size_from.evidence, "/reserved-memory/a@1000: size");
}

TEST(HeapLocation, ThePlaceOnTheCommandLineIsNoSizeBecauseTheKernelRoundsItUp) {
    Machine machine;
    machine.cma = CmaParameter{.size = 0x1000, .base = 0x2000};
    const Place place = placed("default_cma_region", machine);
    EXPECT_EQ(place.region, (Region{.base = 0x2000, .size = 0x1000}));
    EXPECT_EQ(place.region_from.source, Source::command_line);
    EXPECT_EQ(place.region_from.evidence, "cma=");
    EXPECT_EQ(place.size, std::nullopt);
}

} // namespace
} // namespace heapsel
