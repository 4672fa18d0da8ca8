// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <heapsel/heap_statistics.hpp>
#include <heapsel/select.hpp>

#include "recorded_board.hpp"

namespace heapsel {
namespace {

/// A board, and the second name of its default CMA region.
struct Expected {
    const char* board;
    const char* alias;
};

void PrintTo(const Expected& expected, std::ostream* out) {
    *out << expected.board;
}

class Board : public testing::TestWithParam<Expected> {
  protected:
    test::RecordedBoard board_{GetParam().board};
    Result<HeapCatalog> catalog_ = HeapCatalog::scan(board_.root());
};

TEST_P(Board, IsReadWithoutAWarning) {
    ASSERT_TRUE(catalog_);
    EXPECT_TRUE(catalog_->warnings().empty()) << catalog_->warnings().front();
}

TEST_P(Board, HasEachRegionOnceUnderItsStableName) {
    ASSERT_TRUE(catalog_);
    EXPECT_EQ(catalog_->heaps().size() + 1, test::recorded_heaps(GetParam().board).size());
    const Heap* const region = catalog_->find("default_cma_region");
    ASSERT_NE(region, nullptr);
    EXPECT_EQ(region->aliases, std::vector<std::string>{GetParam().alias});
}

TEST_P(Board, GivesAContiguousHeapThatIsNotTheSystemHeap) {
    ASSERT_TRUE(catalog_);
    const Policy policy{
        .require = {{.trait = Trait::contiguous, .wanted = true}}, .prefer = {}, .heap = {}};
    const auto selection = select(*catalog_, {}, policy);
    ASSERT_TRUE(selection);
    ASSERT_NE(selection->chosen(), nullptr);
    EXPECT_EQ(selection->chosen()->heap.name, "default_cma_region");
    EXPECT_EQ(selection->judgements().back().heap.name, "system");
    EXPECT_EQ(selection->judgements().back().verdict, Verdict::unsuitable);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, Board,
    testing::Values(Expected{"cubieboard2", "default-pool"}, Expected{"lab-board", "reserved"},
                    Expected{"mediatek-genio-1200", "reserved"},
                    Expected{"qualcomm-rb5", "reserved"}, Expected{"raspberry-pi-4b", "linux,cma"},
                    Expected{"rock-5b", "reserved"}, Expected{"ti-am625-sk", "linux,cma"},
                    Expected{"tq-imx8mp", "linux,cma"}),
    [](const auto& board) {
        std::string name = board.param.board;
        std::erase(name, '-');
        return name;
    });

TEST(LabBoard, TakesTheRegionWithoutEccAndSaysWhy) {
    const test::RecordedBoard board("lab-board");
    const auto catalog = HeapCatalog::scan(board.root());
    ASSERT_TRUE(catalog);
    const Policy policy{.require = {{.trait = Trait::contiguous, .wanted = true}},
                        .prefer = {{.trait = Trait::ecc, .wanted = false}},
                        .heap = {}};
    const auto selection = select(*catalog, {}, policy);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen()->heap.name, "video@50000000");
    EXPECT_NE(
        selection->chosen()->reason.find("ecc is no (device tree: /reserved-memory/video@50000000: "
                                         "ecc-detection-bits = 0, ecc-correction-bits = 0), as "
                                         "preferred"),
        std::string::npos);
}

TEST(LabBoard, TheDefaultRegionHasTheEccOfTheMemoryItIsCutFrom) {
    const test::RecordedBoard board("lab-board");
    const auto catalog = HeapCatalog::scan(board.root());
    ASSERT_TRUE(catalog);
    for (const char* const name : {"system", "reserved"}) {
        const Property& ecc = catalog->find(name)->property(Trait::ecc);
        EXPECT_EQ(ecc.answer, Answer::yes) << name;
        EXPECT_EQ(ecc.evidence, "/memory@40000000: ecc-detection-bits = 2, ecc-correction-bits = 1")
            << name;
    }
}

class CarveOuts : public testing::Test {
  protected:
    test::RecordedBoard board_{"lab-board-carve-outs"};
    Result<HeapCatalog> catalog_ = HeapCatalog::scan(board_.root());

    /// What a property is, and what the answer rests on: always the device tree.
    void expect(const char* heap, Trait trait, Answer answer, std::string_view evidence) const {
        const Property& property = catalog_->find(heap)->property(trait);
        EXPECT_EQ(property.answer, answer) << heap;
        EXPECT_EQ(property.source, Source::device_tree) << heap;
        EXPECT_EQ(property.evidence, evidence);
    }

    [[nodiscard]] std::vector<std::string> candidates(const Policy& policy) const {
        std::vector<std::string> names;
        const auto selection = select(*catalog_, {}, policy);
        for (const Judgement& judgement : selection->candidates())
            names.push_back(judgement.heap.name);
        return names;
    }
};

TEST_F(CarveOuts, AreHeapsBesideTheOthersWithoutAWarning) {
    ASSERT_TRUE(catalog_);
    EXPECT_TRUE(catalog_->warnings().empty()) << catalog_->warnings().front();
    EXPECT_EQ(catalog_->heaps().size() + 1, test::recorded_heaps("lab-board-carve-outs").size());
    EXPECT_EQ(catalog_->find("reserved")->name, "default_cma_region");
}

TEST_F(CarveOuts, HaveEachPropertyFromTheirNodes) {
    const std::string nonecc = "/reserved-memory/nonecc@58000000: ";
    expect("nonecc@58000000", Trait::contiguous, Answer::yes, nonecc + "carved-out, no-map");
    expect("nonecc@58000000", Trait::cached, Answer::no, nonecc + "carved-out, no-map");
    expect("nonecc@58000000", Trait::ecc, Answer::no,
           nonecc + "ecc-detection-bits = 0, ecc-correction-bits = 0");
    const std::string frames = "/reserved-memory/frames@60000000: ";
    expect("frames@60000000", Trait::contiguous, Answer::yes,
           frames + "carved-out, without no-map");
    expect("frames@60000000", Trait::cached, Answer::yes, frames + "carved-out, without no-map");
    const std::string pool = "/reserved-memory/coherent@64000000: shared-dma-pool, linux,dma-heap, "
                             "without reusable";
    expect("coherent@64000000", Trait::contiguous, Answer::yes, pool);
    expect("coherent@64000000", Trait::cached, Answer::no, pool);
    for (const char* const heap : {"frames@60000000", "coherent@64000000"})
        expect(heap, Trait::ecc, Answer::yes,
               "/memory@40000000: ecc-detection-bits = 2, ecc-correction-bits = 1");
}

TEST_F(CarveOuts, HaveTheirPlaceByTheKernelsLinkAndTheirSizeFromTheKernel) {
    const Heap* const heap = catalog_->find("nonecc@58000000");
    EXPECT_EQ(heap->region, (Region{.base = 0x58000000, .size = 64U << 20U}));
    EXPECT_EQ(heap->region_from.evidence,
              "/reserved-memory/nonecc@58000000: reg, the kernel's of_node");
    EXPECT_EQ(heap->size, 64U << 20U);
    EXPECT_EQ(heap->size_from.evidence, "/sys/class/dma_heap/nonecc@58000000/size_bytes");
}

TEST_F(CarveOuts, TheSystemHeapHasNoSize) {
    EXPECT_EQ(catalog_->find("system")->size, std::nullopt);
    EXPECT_EQ(read_statistics(*catalog_->find("system")).size, Figure{});
}

TEST_F(CarveOuts, TheDefaultRegionsFiguresAreThoseOfBothItsNames) {
    board_.directory().write("sys/class/dma_heap/reserved/buffers", "2\n");
    const HeapStatistics statistics = read_statistics(*catalog_->find("default_cma_region"));
    EXPECT_EQ(statistics.buffers.value, 3U);
    EXPECT_EQ(statistics.size.value, 64U << 20U);
}

TEST_F(CarveOuts, UncachedAndCachedCanBeRequired) {
    EXPECT_EQ(
        candidates(
            {.require = {{.trait = Trait::cached, .wanted = false}}, .prefer = {}, .heap = {}}),
        (std::vector<std::string>{"nonecc@58000000", "coherent@64000000"}));
    EXPECT_EQ(
        candidates({.require = {{.trait = Trait::cached, .wanted = true},
                                {.trait = Trait::contiguous, .wanted = true}},
                    .prefer = {{.trait = Trait::ecc, .wanted = false}},
                    .heap = {}}),
        (std::vector<std::string>{"video@50000000", "default_cma_region", "frames@60000000"}));
}

TEST_F(CarveOuts, WhatIsSmallerThanABufferIsNoCandidateHoweverFullTheOthersAre) {
    EXPECT_EQ(
        candidates({.require = {{.trait = Trait::contiguous, .wanted = true}},
                    .prefer = {},
                    .heap = {},
                    .size = 64U << 20U}),
        (std::vector<std::string>{"default_cma_region", "video@50000000", "nonecc@58000000"}));
}

TEST_F(CarveOuts, ALinkToANodeThatIsDisabledLeavesThePlaceUnknown) {
    const auto link = board_.root() / "sys/class/dma_heap/frames@60000000/of_node";
    std::filesystem::remove(link);
    std::filesystem::create_symlink(
        "/sys/firmware/devicetree/base/reserved-memory/disabled@68000000", link);
    const auto catalog = HeapCatalog::scan(board_.root());
    const Heap* const heap = catalog->find("frames@60000000");
    EXPECT_EQ(heap->property(Trait::contiguous).answer, Answer::unknown);
    EXPECT_EQ(heap->property(Trait::ecc).evidence,
              "the device tree that was read lacks /reserved-memory/disabled@68000000, where the "
              "kernel's of_node leads");
    EXPECT_EQ(heap->size, 32U << 20U);
}

TEST_F(CarveOuts, AreKnownByNameOnAKernelThatLinksNothing) {
    std::filesystem::remove_all(board_.root() / "sys/class");
    const auto catalog = HeapCatalog::scan(board_.root());
    const Heap* const heap = catalog->find("nonecc@58000000");
    EXPECT_EQ(heap->property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(heap->region_from.evidence,
              "/reserved-memory/nonecc@58000000: reg, a node of the heap's name");
    EXPECT_EQ(heap->size_from.source, Source::device_tree);
    EXPECT_TRUE(heap->sysfs.empty());
}

TEST_F(CarveOuts, NodesThatAreNoHeapsSayNothingOfAHeapOfTheirName) {
    for (const char* const name : {"silent@69000000", "bounce@6a000000", "disabled@68000000"})
        board_.directory().write(std::string("dev/dma_heap/") + name);
    const auto catalog = HeapCatalog::scan(board_.root());
    for (const char* const name : {"silent@69000000", "bounce@6a000000", "disabled@68000000"}) {
        for (const Trait trait : {Trait::contiguous, Trait::cached, Trait::protected_memory})
            EXPECT_EQ(catalog->find(name)->property(trait).answer, Answer::unknown) << name;
    }
}

} // namespace
} // namespace heapsel
