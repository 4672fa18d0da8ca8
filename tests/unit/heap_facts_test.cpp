// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_facts.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <heapsel/heap_catalog.hpp>

#include "heaps/build_heaps.hpp"
#include "heaps/heap_properties.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Names = std::vector<std::string>;

HeapFact cached(HeapMatch match, bool value, std::string where = "a.toml:1") {
    HeapFact fact;
    fact.match = std::move(match);
    fact.where = where;
    fact.cached = Stated<bool>{.value = value, .where = std::move(where)};
    return fact;
}

HeapMatch named(const std::string& pattern) {
    HeapMatch match;
    match.names = {pattern};
    return match;
}

ReservedRegion region(const std::string& name, const std::string& compatible) {
    ReservedRegion made;
    made.name = name;
    made.path = "/reserved-memory/" + name;
    made.compatible = {compatible};
    made.region = Region{.base = 0x1000, .size = 0x1000};
    made.size = 0x1000;
    return made;
}

Machine machine_with(std::vector<HeapFact> facts, std::vector<ReservedRegion> regions = {}) {
    Machine machine;
    machine.tree = TreeState::read;
    machine.compatible = {"maker,board", "maker,chip"};
    machine.kernel_release = "6.1.75-maker";
    machine.memory.reserved = std::move(regions);
    machine.facts = std::move(facts);
    return machine;
}

Heap described(const std::string& name, const Machine& machine) {
    Heap heap{};
    heap.name = name;
    describe(heap, Names{name}, machine);
    return heap;
}

Answer answer(const std::string& name, const HeapFact& fact,
              std::vector<ReservedRegion> regions = {}) {
    const Heap heap = described(name, machine_with({fact}, std::move(regions)));
    return heap.property(Trait::cached).answer;
}

TEST(HeapFacts, SayWhatAHeapIsAndWhere) {
    HeapFact fact = cached(named("video"), false, "board.toml:4");
    fact.contiguous = Stated<bool>{.value = true, .where = "board.toml:3"};
    fact.protected_memory = Stated<bool>{.value = false, .where = "board.toml:5"};
    fact.last_address = Stated<std::uint64_t>{.value = 0xffffffff, .where = "board.toml:6"};
    const Heap heap = described("video", machine_with({fact}));
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(heap.property(Trait::contiguous).source, Source::facts);
    EXPECT_EQ(heap.property(Trait::contiguous).evidence, "board.toml:3");
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::cached).evidence, "board.toml:4");
    EXPECT_EQ(heap.property(Trait::protected_memory).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::ecc).answer, Answer::unknown);
    EXPECT_EQ(heap.last_address, 0xffffffffU);
    EXPECT_EQ(heap.last_address_from.source, Source::facts);
    EXPECT_EQ(heap.last_address_from.evidence, "board.toml:6");
}

TEST(HeapFacts, GoByTheNameOfTheHeap) {
    EXPECT_EQ(answer("video", cached(named("video"), true)), Answer::yes);
    EXPECT_EQ(answer("video", cached(named("vid*"), true)), Answer::yes);
    EXPECT_EQ(answer("video", cached(named("other"), true)), Answer::unknown);
    HeapMatch several;
    several.names = {"other", "video"};
    EXPECT_EQ(answer("video", cached(several, true)), Answer::yes);
}

TEST(HeapFacts, GoByTheMachineAndItsKernel) {
    HeapMatch match = named("video");
    match.machines = {"other,*", "maker,chip"};
    EXPECT_EQ(answer("video", cached(match, true)), Answer::yes);
    match.machines = {"other,*"};
    EXPECT_EQ(answer("video", cached(match, true)), Answer::unknown);
    match = named("video");
    match.kernels = {"6.*-maker"};
    EXPECT_EQ(answer("video", cached(match, true)), Answer::yes);
    match.kernels = {"6.*-other"};
    EXPECT_EQ(answer("video", cached(match, true)), Answer::unknown);
}

TEST(HeapFacts, GoByTheNodeThatTheHeapLiesOver) {
    HeapMatch match;
    match.compatible = {"maker,pool"};
    EXPECT_EQ(answer("video", cached(match, true), {region("video", "maker,pool")}), Answer::yes);
    EXPECT_EQ(answer("video", cached(match, true), {region("video", "other")}), Answer::unknown);
    EXPECT_EQ(answer("video", cached(match, true), {region("other", "maker,pool")}),
              Answer::unknown);
    match = {};
    match.node = "vid*";
    EXPECT_EQ(answer("video", cached(match, true), {region("video", "a")}), Answer::yes);
    EXPECT_EQ(answer("other", cached(match, true), {region("other", "a")}), Answer::unknown);
    match.no_map = true;
    EXPECT_EQ(answer("video", cached(match, true), {region("video", "a")}), Answer::unknown);
}

TEST(HeapFacts, FindTheNodeByWhatTheStarOfTheNameStandsFor) {
    HeapMatch match = named("carveout_*");
    match.node = "*";
    match.compatible = {"maker,pool"};
    const auto machine = machine_with({cached(match, true, "board.toml:7")},
                                      {region("video@1000", "maker,pool"), region("b", "other")});
    const Heap heap = described("carveout_video@1000", machine);
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(heap.region, (Region{.base = 0x1000, .size = 0x1000}));
    EXPECT_EQ(heap.region_from.source, Source::facts);
    EXPECT_EQ(heap.region_from.evidence, "board.toml:7: /reserved-memory/video@1000: reg");
    EXPECT_EQ(heap.size, 0x1000U);
    EXPECT_EQ(heap.size_from.source, Source::facts);
    EXPECT_EQ(heap.last_address, 0x1fffU);
    EXPECT_EQ(described("carveout_b", machine).property(Trait::cached).answer, Answer::unknown);
    EXPECT_EQ(described("carveout_c", machine).property(Trait::cached).answer, Answer::unknown);
}

TEST(HeapFacts, AStatedNodeThatTheMachineDoesNotHaveTakesNothingFromTheRest) {
    HeapMatch match = named("cma-uncached");
    match.node = "cma";
    const Heap heap = described("cma-uncached", machine_with({cached(match, false)}));
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap.region, std::nullopt);
}

TEST(HeapFacts, OfSeveralTheLastThatSaysItCounts) {
    HeapFact first = cached(named("video"), true, "a.toml:2");
    first.contiguous = Stated<bool>{.value = true, .where = "a.toml:1"};
    const Heap heap =
        described("video", machine_with({first, cached(named("v*"), false, "b.toml:2")}));
    EXPECT_EQ(heap.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::cached).evidence, "b.toml:2");
    EXPECT_EQ(heap.property(Trait::contiguous).evidence, "a.toml:1");
}

TEST(HeapFacts, TheKernelsWordGoesBeforeAFact) {
    ReservedRegion cma = region("video", "shared-dma-pool");
    cma.shared_dma_pool = true;
    cma.reusable = true;
    HeapFact fact = cached(named("*"), false);
    fact.last_address = Stated<std::uint64_t>{.value = 1, .where = "a.toml:2"};
    Machine machine = machine_with({fact}, {cma});
    machine.cma_areas = {{.name = "listed", .total_pages = {}, .available_pages = {}}};
    EXPECT_EQ(described("video", machine).property(Trait::cached).source, Source::device_tree);
    EXPECT_EQ(described("video", machine).property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(described("video", machine).last_address, 0x1fffU);
    EXPECT_EQ(described("system", machine).property(Trait::cached).source, Source::kernel);
    EXPECT_EQ(described("listed", machine).property(Trait::cached).source, Source::sysfs);
}

TEST(HeapFacts, AFactGoesBeforeAWordInTheName) {
    HeapFact fact;
    fact.match = named("protected_contiguous");
    fact.contiguous = Stated<bool>{.value = false, .where = "a.toml:2"};
    const Heap heap = described("protected_contiguous", machine_with({fact}));
    EXPECT_EQ(heap.property(Trait::contiguous).answer, Answer::no);
    EXPECT_EQ(heap.property(Trait::contiguous).source, Source::facts);
    EXPECT_EQ(heap.property(Trait::protected_memory).source, Source::heap_name);
}

class Aliases : public testing::Test {
  protected:
    Aliases() {
        fact_ = cached(named("main"), false);
        fact_.aliases = {"second", "system", "absent", "main"};
    }

    [[nodiscard]] Names heaps(const Names& entries) const {
        std::vector<HeapNode> nodes;
        for (const std::string& name : entries)
            nodes.push_back({.name = name, .aliases = {}});
        Names names;
        for (const Heap& heap : assemble_heaps(nodes, "/dev/dma_heap", machine_with({fact_}))) {
            names.push_back(heap.name);
            for (const std::string& alias : heap.aliases)
                names.back() += "=" + alias;
        }
        return names;
    }

    HeapFact fact_;
};

TEST_F(Aliases, AreFoldedIntoTheirHeapUnlessTheKernelNamesThem) {
    EXPECT_EQ(heaps({"main", "other", "second", "system"}),
              (Names{"main=second", "other", "system"}));
}

TEST_F(Aliases, AreHeapsWhereTheirHeapIsNot) {
    EXPECT_EQ(heaps({"second", "system"}), (Names{"second", "system"}));
}

TEST_F(Aliases, OfAnotherMachineAreNone) {
    fact_.match.machines = {"other,*"};
    EXPECT_EQ(heaps({"main", "second"}), (Names{"main", "second"}));
}

class ScanWithFacts : public testing::Test {
  protected:
    ScanWithFacts() {
        directory_.write("dev/dma_heap/video");
        directory_.write("dev/dma_heap/system");
    }

    void write(const std::string& lines, const std::string& file = "a.toml") const {
        directory_.write("usr/share/heapsel/heaps.d/" + file,
                         "[[heap]]\nsource = \"s\"\nkernels = \"k\"\nname = \"video\"\n" + lines);
    }

    [[nodiscard]] HeapCatalog scan() const { return HeapCatalog::scan(directory_.path()).value(); }

    [[nodiscard]] Property cached_now() const {
        const HeapCatalog catalog = scan();
        return catalog.find("video")->property(Trait::cached);
    }

    test::TemporaryDirectory directory_;
};

TEST_F(ScanWithFacts, ReadsThemUnderTheRoot) {
    write("cached = true\n");
    EXPECT_EQ(cached_now().answer, Answer::yes);
    EXPECT_EQ(cached_now().evidence, "a.toml:5");
}

TEST_F(ScanWithFacts, GoesByTheRecordedKernel) {
    write("cached = true\nkernel = \"6.1-maker\"\n");
    EXPECT_EQ(cached_now().answer, Answer::unknown);
    directory_.write("proc/sys/kernel/osrelease", "6.1-maker\n");
    EXPECT_EQ(cached_now().answer, Answer::yes);
}

TEST_F(ScanWithFacts, GoesByTheRecordedMachine) {
    write("cached = true\nmachine = \"maker,chip\"\n");
    EXPECT_EQ(cached_now().answer, Answer::unknown);
    directory_.write("sys/firmware/devicetree/base/compatible",
                     std::string_view("maker,board\0maker,chip\0", 23));
    EXPECT_EQ(cached_now().answer, Answer::yes);
}

TEST_F(ScanWithFacts, AWrongFileIsAWarningAndNoMore) {
    write("cached = true\n");
    write("cached = 3\n", "b.toml");
    directory_.write("etc/heapsel/heaps.d/c.toml", "no toml");
    const HeapCatalog catalog = scan();
    EXPECT_EQ(catalog.find("video")->property(Trait::cached).answer, Answer::yes);
    ASSERT_EQ(catalog.warnings().size(), 2U);
    EXPECT_TRUE(catalog.warnings()[0].ends_with(
        "b.toml:5: cached is true or false, and not an integer. The entry is ignored."));
    EXPECT_TRUE(catalog.warnings()[1].contains("c.toml:1: This is no TOML: "));
}

TEST_F(ScanWithFacts, ReadsNoneWhereTheKernelSaysEverything) {
    std::filesystem::remove(directory_.path() / "dev/dma_heap/video");
    directory_.write("usr/share/heapsel/heaps.d/a.toml", "no toml");
    EXPECT_TRUE(scan().warnings().empty());
}

} // namespace
} // namespace heapsel
