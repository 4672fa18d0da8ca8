// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_properties.hpp"

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

TEST(HeapProperties, ANodeThatTheKernelMakesNoHeapOfGivesOnlyItsPlace) {
    ReservedRegion carveout = region("nonecc@1000");
    carveout.no_map = true;
    carveout.ecc.correction = 0;
    const Heap heap = described("nonecc@1000", {"nonecc@1000"}, machine_with(carveout));
    expect_unknown(heap, {Trait::contiguous, Trait::cached, Trait::protected_memory});
    EXPECT_EQ(heap.property(Trait::ecc).answer, Answer::no);
    EXPECT_TRUE(heap.region);
}

TEST(HeapProperties, ACarveOutWithoutAMappingIsUncached) {
    ReservedRegion carve_out = region("nonecc@1000");
    carve_out.carved_out = true;
    carve_out.no_map = true;
    const Heap heap = described("nonecc@1000", {"nonecc@1000"}, machine_with(carve_out));
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::protected_memory).answer, Answer::no);
    for (const Trait trait : {Trait::contiguous, Trait::cached, Trait::protected_memory}) {
        EXPECT_EQ(heap.property(trait).source, Source::device_tree);
        EXPECT_EQ(heap.property(trait).evidence,
                  "/reserved-memory/nonecc@1000: carved-out, no-map");
    }
}

TEST(HeapProperties, ACarveOutWithAMappingIsCached) {
    ReservedRegion carve_out = region("frames@1000");
    carve_out.carved_out = true;
    const Heap heap = described("frames@1000", {"frames@1000"}, machine_with(carve_out));
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::cached).evidence,
              "/reserved-memory/frames@1000: carved-out, without no-map");
}

TEST(HeapProperties, ACarveOutHasItsOwnEccOrElseItsMemorys) {
    ReservedRegion carve_out = region("a@1000");
    carve_out.carved_out = true;
    const auto ecc = [&] {
        return described("a@1000", {"a@1000"}, machine_with(carve_out)).property(Trait::ecc);
    };
    EXPECT_EQ(ecc().answer, Answer::yes);
    EXPECT_EQ(ecc().evidence, "/memory@0: ecc-correction-bits = 1");
    carve_out.ecc.correction = 0;
    EXPECT_EQ(ecc().answer, Answer::no);
    EXPECT_EQ(ecc().evidence, "/reserved-memory/a@1000: ecc-correction-bits = 0");
}

TEST(HeapProperties, ACoherentPoolThatAsksForAHeapIsUncached) {
    ReservedRegion pool = region("coherent@1000");
    pool.shared_dma_pool = true;
    pool.dma_heap = true;
    pool.no_map = true;
    const Heap heap = described("coherent@1000", {"coherent@1000"}, machine_with(pool));
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::protected_memory).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::cached).evidence,
              "/reserved-memory/coherent@1000: shared-dma-pool, linux,dma-heap, without reusable");
    pool.no_map = false;
    EXPECT_EQ(described("coherent@1000", {"coherent@1000"}, machine_with(pool))
                  .property(Trait::cached)
                  .answer,
              Answer::unknown);
}

TEST(HeapProperties, ACoherentPoolThatAsksForNoHeapProvesNothing) {
    ReservedRegion pool = region("pool@1000");
    pool.shared_dma_pool = true;
    pool.no_map = true;
    expect_unknown(described("pool@1000", {"pool@1000"}, machine_with(pool)),
                   {Trait::contiguous, Trait::cached, Trait::protected_memory});
}

TEST(HeapProperties, AReusablePoolWithoutAMappingIsNoHeapOfTheKernels) {
    ReservedRegion pool = cma("pool@1000");
    pool.no_map = true;
    pool.dma_heap = true;
    expect_unknown(described("pool@1000", {"pool@1000"}, machine_with(pool)),
                   {Trait::contiguous, Trait::cached, Trait::protected_memory});
}

TEST(HeapProperties, AHeapOfAnyNameIsOfTheKindOfTheNodeThatTheKernelLinksItTo) {
    ReservedRegion carve_out = region("nonecc@1000");
    carve_out.carved_out = true;
    carve_out.no_map = true;
    Machine machine = machine_with(carve_out);
    machine.heap_directories = {{.name = "codec",
                                 .path = "/sys/class/dma_heap/codec",
                                 .node = "/reserved-memory/nonecc@1000",
                                 .size = 0x800}};
    const Heap heap = described("codec", {"codec"}, machine);
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::cached).evidence,
              "/reserved-memory/nonecc@1000: carved-out, no-map");
    EXPECT_EQ(heap.region_from.evidence, "/reserved-memory/nonecc@1000: reg, the kernel's of_node");
    EXPECT_EQ(heap.size, 0x800U);
    EXPECT_EQ(heap.sysfs, std::vector<std::string>{"/sys/class/dma_heap/codec"});
}

TEST(HeapProperties, ALinkToANodeThatWasNotReadLeavesThePropertiesUnknownAndSaysWhy) {
    Machine machine = machine_with(cma("video@1000"));
    machine.heap_directories = {
        {.name = "video@1000", .path = {}, .node = "/reserved-memory/b", .size = {}}};
    const Heap heap = described("video@1000", {"video@1000"}, machine);
    expect_unknown(heap, {Trait::contiguous, Trait::cached, Trait::ecc, Trait::protected_memory});
    EXPECT_EQ(heap.property(Trait::ecc).evidence,
              "the device tree that was read lacks /reserved-memory/b, where the kernel's of_node "
              "leads");
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
