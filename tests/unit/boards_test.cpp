// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <string>

#include <gtest/gtest.h>

#include <heapsel/selector.hpp>

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

} // namespace
} // namespace heapsel
