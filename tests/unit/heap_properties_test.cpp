// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap_properties.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

using Names = std::vector<std::string>;

Heap described(const std::string& name, const Names& names, const Machine& machine) {
    Heap heap{};
    heap.name = name;
    describe(heap, names, machine);
    return heap;
}

Machine machine_with(ReservedRegion region) {
    Machine machine;
    machine.tree = TreeState::read;
    machine.memory.memory = {{.path = "/memory@0",
                              .ranges = {{.base = 0, .size = 0x80000000}},
                              .ecc = {.detection = std::nullopt, .correction = 1}}};
    machine.memory.reserved = {std::move(region)};
    return machine;
}

ReservedRegion region(const std::string& name) {
    ReservedRegion region;
    region.name = name;
    region.path = "/reserved-memory/" + name;
    region.region = Region{.base = 0x1000, .size = 0x1000};
    return region;
}

ReservedRegion cma(const std::string& name) {
    ReservedRegion made = region(name);
    made.shared_dma_pool = true;
    made.reusable = true;
    return made;
}

void expect_unknown(const Heap& heap, std::initializer_list<Trait> traits) {
    for (const Trait trait : traits) {
        EXPECT_EQ(heap.property(trait).answer, Answer::unknown) << to_string(trait);
        EXPECT_EQ(heap.property(trait).source, Source::none) << to_string(trait);
    }
}

TEST(HeapProperties, TheSystemHeapsAreScatteredCachedAndReachable) {
    for (const char* const name : {"system", "system_cc_shared"}) {
        const Heap heap = described(name, {name}, {});
        EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::no);
        EXPECT_EQ(heap.property(Trait::cached).answer, Answer::yes);
        EXPECT_EQ(heap.property(Trait::protected_memory).answer, Answer::no);
        EXPECT_EQ(heap.property(Trait::cached).source, Source::kernel);
        EXPECT_EQ(heap.property(Trait::ecc).answer, Answer::unknown);
    }
}

TEST(HeapProperties, TheDefaultCmaRegionIsContiguousByDocumentation) {
    const Heap heap = described("default_cma_region", {"default_cma_region"}, {});
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::contiguous).source, Source::kernel);
}

TEST(HeapProperties, AReusablePoolsHeapIsCmaByTheDeviceTree) {
    const Heap heap = described("video@1000", {"video@1000"}, machine_with(cma("video@1000")));
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::contiguous).source, Source::device_tree);
    EXPECT_EQ(heap.property(Trait::contiguous).evidence,
              "/reserved-memory/video@1000: shared-dma-pool, reusable");
    EXPECT_EQ(heap.region, (Region{.base = 0x1000, .size = 0x1000}));
    EXPECT_EQ(heap.property(Trait::ecc).evidence, "/memory@0: ecc-correction-bits = 1");
}

TEST(HeapProperties, ACarveOutsHeapHasOnlyItsPlaceFromTheDeviceTree) {
    ReservedRegion carveout = region("nonecc@1000");
    carveout.no_map = true;
    carveout.ecc.correction = 0;
    const Heap heap = described("nonecc@1000", {"nonecc@1000"}, machine_with(carveout));
    expect_unknown(heap, {Trait::contiguous, Trait::cached, Trait::protected_memory});
    EXPECT_EQ(heap.property(Trait::ecc).answer, Answer::no);
    EXPECT_TRUE(heap.region);
}

TEST(HeapProperties, TheTwoWordsOfTheNamingRulesCount) {
    const Heap heap = described("secure-protected_contiguous", {}, {});
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::contiguous).source, Source::heap_name);
    EXPECT_EQ(heap.property(Trait::protected_memory).answer, Answer::yes);
    expect_unknown(heap, {Trait::cached, Trait::ecc});
}

TEST(HeapProperties, AWordInsideAnotherWordDoesNotCount) {
    for (const char* const name : {"unprotected", "noncontiguous", "protectedish", "secure"})
        expect_unknown(described(name, {name}, {}), {Trait::contiguous, Trait::protected_memory});
}

TEST(HeapProperties, AVendorsHeapIsUnknown) {
    const Heap heap = described("vendor-uncached", {"vendor-uncached"}, {});
    expect_unknown(heap, {Trait::contiguous, Trait::cached, Trait::ecc, Trait::protected_memory});
}

TEST(HeapProperties, AnOldKernelsDefaultRegionIsContiguousUnderItsOldNames) {
    for (const char* const name : {"reserved", "linux,cma", "default-pool"}) {
        const Heap heap = described(name, {name, "system"}, {});
        EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes) << name;
        EXPECT_EQ(heap.property(Trait::contiguous).source, Source::kernel) << name;
    }
}

TEST(HeapProperties, AnOldNameBesideTheStableOneProvesNothing) {
    expect_unknown(described("linux,cma", {"default_cma_region", "linux,cma"}, {}),
                   {Trait::contiguous, Trait::cached});
}

TEST(HeapProperties, AnOldNameOfACarveOutProvesNothing) {
    ReservedRegion carveout = region("reserved");
    carveout.no_map = true;
    expect_unknown(described("reserved", {"reserved"}, machine_with(carveout)),
                   {Trait::contiguous, Trait::cached});
}

TEST(HeapProperties, ACmaAreaInSysfsMakesAHeapCma) {
    Machine machine;
    machine.cma_areas = {{.name = "numa0", .total_pages = {}, .available_pages = {}}};
    const Heap heap = described("numa0", {"numa0"}, machine);
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::contiguous).source, Source::sysfs);
    EXPECT_EQ(heap.property(Trait::contiguous).evidence, "/sys/kernel/mm/cma/numa0");
}

TEST(HeapProperties, AnExactPlaceOnTheCommandLineIsTheDefaultRegions) {
    Machine machine;
    machine.cma = CmaParameter{.size = 0x1000, .base = 0x2000};
    EXPECT_EQ(described("default_cma_region", {"default_cma_region"}, machine).region,
              (Region{.base = 0x2000, .size = 0x1000}));
    EXPECT_EQ(described("reserved", {"reserved"}, machine).region,
              (Region{.base = 0x2000, .size = 0x1000}));
}

TEST(HeapProperties, AnUncertainDefaultAreaHasNoEccAnswer) {
    ReservedRegion node = cma("linux,cma");
    node.cma_default = true;
    Machine machine = machine_with(node);
    machine.memory.reserved.push_back(node);
    machine.memory.reserved.back().name = "other";
    machine.command_line_known = true;
    const Heap heap = described("default_cma_region", {"default_cma_region"}, machine);
    EXPECT_EQ(heap.property(Trait::ecc).answer, Answer::unknown);
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
}

} // namespace
} // namespace heapsel
