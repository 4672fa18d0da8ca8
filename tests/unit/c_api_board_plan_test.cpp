// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/board_plan.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <heapsel/board_plan.hpp>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "flat_builder.hpp"
#include "temporary_folder.hpp"
#include "tree_builder.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;
using Names = std::vector<std::string>;

constexpr std::uint32_t mib = 1U << 20U;
constexpr std::uint64_t page = 4096;

/// A default CMA area, a carve-out with a user, and a region that is placed at boot.
class CApiBoardPlan : public testing::Test {
  protected:
    CApiBoardPlan() {
        DeviceTreeNode root = test::root();
        root.children.reserve(2);
        DeviceTreeNode& reserved = test::add_reserved_memory(root);
        reserved.children.reserve(3);
        test::add_cma(reserved, "linux,cma@40000000", 0x40000000, 64 * mib)
            .properties["linux,cma-default"] = "";
        DeviceTreeNode& carved = reserved.children.emplace_back();
        carved.name = "frames@60000000";
        carved.properties = {{"compatible", test::text("carved-out")},
                             {"reg", test::cells({0, 0x60000000, 0, 32 * mib})},
                             {"no-map", ""},
                             {"phandle", test::cells({7})}};
        DeviceTreeNode& anywhere = reserved.children.emplace_back();
        anywhere.name = "firmware";
        anywhere.properties["size"] = test::cells({0, mib});
        DeviceTreeNode& user = root.children.emplace_back();
        user.name = "decoder";
        user.properties["memory-region"] = test::cells({7});
        blob_ = test::blob_of(root);
    }

    [[nodiscard]] test::OwnedBoardPlan plan(heapsel_kernel_generation kernel,
                                            const char* command_line = nullptr) const {
        return made_by<test::OwnedBoardPlan>(heapsel_board_plan_create, blob_.data(), blob_.size(),
                                             kernel, command_line, page);
    }

    /// What planning from `blob` comes to, which must give nothing.
    [[nodiscard]] static std::string refusal(const std::string& blob, std::uint64_t page_size) {
        heapsel_board_plan* none = nullptr;
        auto said = calling(heapsel_board_plan_create, blob.data(), blob.size(),
                            HEAPSEL_KERNEL_SERIES, nullptr, page_size, &none);
        EXPECT_EQ(none, nullptr);
        return said;
    }

    std::string blob_;
};

Names heaps(const test::OwnedBoardPlan& plan) {
    const heapsel_catalog* const catalog = heapsel_board_plan_catalog(plan.get());
    Names names;
    for (std::size_t i = 0; i < heapsel_catalog_heap_count(catalog); ++i)
        names.emplace_back(heapsel_heap_name(heapsel_catalog_heap(catalog, i)));
    return names;
}

TEST_F(CApiBoardPlan, HasTheHeapsOfTheKernelThatIsAskedAbout) {
    EXPECT_EQ(heaps(plan(HEAPSEL_KERNEL_SERIES)),
              (Names{"default_cma_region", "frames@60000000", "system"}));
    EXPECT_EQ(heaps(plan(HEAPSEL_KERNEL_STOCK)), (Names{"default_cma_region", "system"}));
    EXPECT_EQ(heaps(plan(HEAPSEL_KERNEL_BEFORE_6_17)), (Names{"linux,cma@40000000", "system"}));
}

TEST_F(CApiBoardPlan, HeapsArePlannedOnesAndMayBeSelectedFrom) {
    const auto made = plan(HEAPSEL_KERNEL_SERIES);
    const heapsel_catalog* const catalog = heapsel_board_plan_catalog(made.get());
    EXPECT_EQ(heapsel_heap_permission(heapsel_catalog_heap(catalog, 0)),
              HEAPSEL_PERMISSION_UNKNOWN);
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous,uncached"), "0");
    const auto selection =
        made_by<test::OwnedSelection>(heapsel_select, catalog, nullptr, 0U, policy.get());
    EXPECT_EQ(heapsel_selection_candidate_count(selection.get()), 1U);
    EXPECT_STREQ(heapsel_heap_name(heapsel_selection_heap(selection.get(), 0)), "frames@60000000");
}

TEST_F(CApiBoardPlan, EachRegionSaysWhatTheKernelMakesOfIt) {
    const auto made = plan(HEAPSEL_KERNEL_SERIES);
    const BoardPlan expected = plan_board(std::as_bytes(std::span(blob_))).value();
    ASSERT_EQ(heapsel_board_plan_region_count(made.get()), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const heapsel_planned_region* const region = heapsel_board_plan_region(made.get(), i);
        const PlannedRegion& planned = expected.regions[i];
        EXPECT_EQ(heapsel_planned_region_path(region), planned.path);
        EXPECT_EQ(heapsel_region_use_text(heapsel_planned_region_use(region)),
                  to_string(planned.use));
        EXPECT_EQ(heapsel_planned_region_reason(region), planned.reason);
        std::uint64_t base = 0;
        std::uint64_t size = 0;
        EXPECT_EQ(heapsel_planned_region_range(region, &base, &size), planned.region.has_value());
        EXPECT_EQ((Region{.base = base, .size = size}), planned.region.value_or(Region{}));
        size = 0;
        EXPECT_TRUE(heapsel_planned_region_size(region, &size));
        EXPECT_EQ(size, planned.size);
        EXPECT_EQ(heapsel_planned_region_no_map(region), planned.no_map);
    }
    EXPECT_EQ(heapsel_board_plan_region(made.get(), 3), nullptr);
}

TEST_F(CApiBoardPlan, ARegionHasItsHeapAndItsUsers) {
    const auto made = plan(HEAPSEL_KERNEL_SERIES);
    const heapsel_planned_region* const carved = heapsel_board_plan_region(made.get(), 1);
    EXPECT_EQ(heapsel_planned_region_use(carved), HEAPSEL_REGION_CARVE_OUT);
    EXPECT_STREQ(heapsel_planned_region_heap(carved), "frames@60000000");
    ASSERT_EQ(heapsel_planned_region_user_count(carved), 1U);
    EXPECT_STREQ(heapsel_planned_region_user(carved, 0), "/decoder");
    EXPECT_EQ(heapsel_planned_region_user(carved, 1), nullptr);
    EXPECT_TRUE(heapsel_planned_region_range(carved, nullptr, nullptr));
    EXPECT_TRUE(heapsel_planned_region_size(carved, nullptr));
    const heapsel_planned_region* const anywhere = heapsel_board_plan_region(made.get(), 2);
    EXPECT_EQ(heapsel_planned_region_heap(anywhere), nullptr);
    EXPECT_FALSE(heapsel_planned_region_range(anywhere, nullptr, nullptr));
}

TEST_F(CApiBoardPlan, TheCommandLineCounts) {
    EXPECT_EQ(
        heapsel_planned_region_use(heapsel_board_plan_region(plan(HEAPSEL_KERNEL_SERIES).get(), 0)),
        HEAPSEL_REGION_DEFAULT_CMA);
    const auto made = plan(HEAPSEL_KERNEL_SERIES, "quiet cma=16M");
    EXPECT_EQ(heapsel_planned_region_use(heapsel_board_plan_region(made.get(), 0)),
              HEAPSEL_REGION_REFUSED);
}

TEST_F(CApiBoardPlan, OfAFileIsTheSame) {
    const test::TemporaryFolder folder;
    folder.write("board.dtb", blob_);
    const std::string path = folder.path() / "board.dtb";
    const auto made = made_by<test::OwnedBoardPlan>(heapsel_board_plan_read, path.c_str(),
                                                    HEAPSEL_KERNEL_STOCK, nullptr, page);
    EXPECT_EQ(heaps(made), heaps(plan(HEAPSEL_KERNEL_STOCK)));
    EXPECT_EQ(heapsel_board_plan_region_count(made.get()), 3U);
}

TEST_F(CApiBoardPlan, OfAFileThatIsNotThereIsEnoent) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path() / "board.dtb";
    heapsel_board_plan* none = nullptr;
    EXPECT_EQ(
        calling(heapsel_board_plan_read, path.c_str(), HEAPSEL_KERNEL_STOCK, nullptr, page, &none),
        plan_board(std::filesystem::path(path)).error().message());
    EXPECT_EQ(
        heapsel_board_plan_read(path.c_str(), HEAPSEL_KERNEL_STOCK, nullptr, page, &none, nullptr),
        -ENOENT);
    EXPECT_EQ(none, nullptr);
}

TEST_F(CApiBoardPlan, OfAMalformedTreeIsEinval) {
    const std::string cut = blob_.substr(0, 50);
    EXPECT_EQ(refusal(cut, page), plan_board(std::as_bytes(std::span(cut))).error().message());
    EXPECT_EQ(refusal("", page), plan_board(std::span<const std::byte>()).error().message());
    EXPECT_EQ(plan_board(std::span<const std::byte>()).error().code, EINVAL);
}

TEST_F(CApiBoardPlan, OfPagesThatNoKernelHasIsEinval) {
    for (const std::uint64_t size : {0U, 8192U})
        EXPECT_EQ(refusal(blob_, size), "cannot plan a board (pages of " + std::to_string(size) +
                                            " bytes): Invalid argument. Kernels have pages of "
                                            "4096, 16384 or 65536 bytes.");
}

} // namespace
} // namespace heapsel
