// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/brief_scan.hpp"

#include <array>

#include <gtest/gtest.h>

#include "recorded_board.hpp"

namespace heapsel {
namespace {

/// A recorded machine whose tree is a directory.
class BriefScan : public testing::TestWithParam<const char*> {
  protected:
    explicit BriefScan(const char* board = "lab-board-carve-outs") : board_(board) {
        board_.unflatten();
    }

    [[nodiscard]] std::optional<HeapCatalog> brief() const { return scan_briefly(board_.root()); }

    test::RecordedBoard board_;
};

class BriefScanOfABoard : public BriefScan {
  protected:
    BriefScanOfABoard() : BriefScan(GetParam()) {}
};

TEST_P(BriefScanOfABoard, SaysWhatTheWholeOneSays) {
    const auto some = brief();
    const auto all = HeapCatalog::scan(board_.root()).value();
    if (!some)
        GTEST_SKIP() << "the whole scan has to be asked";
    ASSERT_EQ(some->heaps().size(), all.heaps().size());
    for (std::size_t i = 0; i < all.heaps().size(); ++i) {
        const Heap& heap = some->heaps()[i];
        const Heap& whole = all.heaps()[i];
        EXPECT_EQ(heap.name, whole.name);
        EXPECT_EQ(heap.aliases, whole.aliases);
        EXPECT_EQ(heap.device, whole.device);
        EXPECT_EQ(heap.sysfs, whole.sysfs);
        EXPECT_EQ(heap.size, whole.size);
        for (const Trait trait : {Trait::contiguous, Trait::cached, Trait::protected_memory})
            EXPECT_EQ(heap.property(trait).answer, whole.property(trait).answer) << heap.name;
    }
}
INSTANTIATE_TEST_SUITE_P(Boards, BriefScanOfABoard, testing::Values("lab-board-carve-outs"));

TEST_F(BriefScan, KnowsEveryHeapThatTheKernelLinksToItsNode) {
    const auto catalog = brief();
    ASSERT_TRUE(catalog);
    EXPECT_EQ(catalog->heaps().size(), 6U);
    EXPECT_EQ(catalog->find("reserved"), catalog->find("default_cma_region"));
    EXPECT_EQ(catalog->find("nonecc@58000000")->property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(catalog->find("frames@60000000")->property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(catalog->find("frames@60000000")->size, 32U << 20U);
    EXPECT_EQ(catalog->find("system")->size, std::nullopt);
}

TEST_F(BriefScan, LeavesAHeapOfWhichItDoesNotKnowToTheWholeScan) {
    board_.directory().write("dev/dma_heap/vendor");
    EXPECT_FALSE(brief());
}

TEST_F(BriefScan, LeavesARegionWithoutASizeToTheWholeScan) {
    std::filesystem::remove(board_.root() / "sys/class/dma_heap/video@50000000/size_bytes");
    EXPECT_FALSE(brief());
}

TEST_F(BriefScan, LeavesWhatIsToBeWarnedOfToTheWholeScan) {
    board_.directory().make_directory("dev/dma_heap/none");
    EXPECT_FALSE(brief());
}

TEST_F(BriefScan, LeavesALinkToWhatIsNoReservedMemoryToTheWholeScan) {
    const auto link = board_.root() / "sys/class/dma_heap/video@50000000/of_node";
    ASSERT_TRUE(brief());
    std::filesystem::remove(link);
    std::filesystem::create_symlink("../../../../firmware/devicetree/base/memory", link);
    EXPECT_FALSE(brief());
    EXPECT_FALSE(HeapCatalog::scan(board_.root())->warnings().empty());
}

TEST_F(BriefScan, LeavesASizeThatIsNoNumberToTheWholeScan) {
    board_.directory().write("sys/class/dma_heap/video@50000000/size_bytes", "much\n");
    EXPECT_FALSE(brief());
    EXPECT_FALSE(HeapCatalog::scan(board_.root())->warnings().empty());
}

} // namespace
} // namespace heapsel
