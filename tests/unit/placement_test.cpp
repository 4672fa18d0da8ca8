// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/placement.hpp"

#include <gtest/gtest.h>

namespace heapsel {
namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t block_bytes = std::uint64_t{2} << 20U;

/// Regions that are placed in some memory.
class Placing : public testing::Test {
  protected:
    ReservedRegion& add(RegionKind kind, std::uint64_t size) {
        kinds_.push_back(kind);
        ReservedRegion& region = regions_.emplace_back();
        region.size = size;
        region.shared_dma_pool = is_cma(kind);
        region.reusable = is_cma(kind);
        return region;
    }

    ReservedRegion& add_at(RegionKind kind, std::uint64_t base, std::uint64_t size) {
        ReservedRegion& region = add(kind, size);
        region.region = Region{.base = base, .size = size};
        return region;
    }

    [[nodiscard]] Placements place() const {
        return place_regions(regions_, kinds_, FreeMemory(memory_, page_bytes), header_, rules_);
    }

    [[nodiscard]] std::string default_problem(const CmaParameter& cma) const {
        return default_area_problem(cma, place(), std::uint64_t{1} << 32U, rules_);
    }

    std::vector<Region> memory_{{.base = 0x40000000, .size = 0x40000000}};
    std::vector<Region> header_;
    std::vector<ReservedRegion> regions_;
    std::vector<RegionKind> kinds_;
    KernelRules rules_{.cma_block = block_bytes, .page_size = page_bytes, .cma_areas = 20};
};

TEST_F(Placing, ARegionGoesAsHighAsItFits) {
    add(RegionKind::device, 0x1000);
    EXPECT_EQ(place().regions[0].base, 0x7ffff000U);
    add_at(RegionKind::firmware, 0x7fffe000, 0x2000);
    EXPECT_EQ(place().regions[0].base, 0x7fffd000U);
}

TEST_F(Placing, AnAreaBeginsAtABlockAndAnyOtherAtACacheLine) {
    memory_ = {{.base = 0x40000000, .size = 0x3ffff000}};
    add(RegionKind::cma, block_bytes);
    add(RegionKind::device, 0x10);
    const Placements placed = place();
    EXPECT_EQ(placed.regions[0].base, 0x7fc00000U);
    EXPECT_EQ(placed.regions[1].base, 0x7fffefc0U);
}

TEST_F(Placing, AnAlignmentCounts) {
    memory_ = {{.base = 0x40000000, .size = 0x3ffff000}};
    add(RegionKind::device, 0x1000).alignment = 0x10000;
    EXPECT_EQ(place().regions[0].base, 0x7fff0000U);
}

TEST_F(Placing, OfAllocRangesTheFirstWithRoomIsTaken) {
    add(RegionKind::device, 0x2000).alloc_ranges = {{.base = 0x10000000, .size = 0x10000},
                                                    {.base = 0x50000000, .size = 0x3000},
                                                    {.base = 0x60000000, .size = 0x3000}};
    EXPECT_EQ(place().regions[0].base, 0x50001000U);
    add_at(RegionKind::firmware, 0x50001000, 0x1000);
    EXPECT_EQ(place().regions[0].base, 0x60001000U);
}

TEST_F(Placing, BesideOneThatWasPlacedARangeIsFilledFromBelow) {
    add(RegionKind::device, 0x1000).alloc_ranges = {{.base = 0x50000000, .size = 0x1000}};
    add(RegionKind::device, 0x1000).alloc_ranges = {{.base = 0x50001000, .size = 0x4000}};
    EXPECT_EQ(place().regions[1].base, 0x50001000U);
}

TEST_F(Placing, TheFirstPageIsNobodys) {
    memory_ = {{.base = 0, .size = 2 * page_bytes}};
    add(RegionKind::device, page_bytes);
    add(RegionKind::device, page_bytes);
    const Placements placed = place();
    EXPECT_EQ(placed.regions[0].base, page_bytes);
    EXPECT_EQ(placed.regions[1].problem, "no 4 KiB in one piece are free");
}

TEST_F(Placing, WhatIsRefusedGivesItsMemoryToTheNext) {
    memory_ = {{.base = 0x40000000, .size = block_bytes}};
    add(RegionKind::refused, 0x1000);
    add(RegionKind::cma, block_bytes);
    EXPECT_EQ(place().regions[1].problem, "");
    kinds_[0] = RegionKind::device;
    EXPECT_EQ(place().regions[1].problem, "no 2 MiB in one piece are free");
}

TEST_F(Placing, ADefaultAreaThatCmaDisplacesTakesNothing) {
    memory_ = {{.base = 0x40000000, .size = block_bytes}};
    add_at(RegionKind::refused, 0x40000000, block_bytes).cma_default = true;
    regions_[0].shared_dma_pool = true;
    regions_[0].reusable = true;
    add(RegionKind::device, page_bytes);
    EXPECT_EQ(place().regions[1].problem, "no 4 KiB in one piece are free");
    rules_.cma_parameter = true;
    EXPECT_EQ(place().regions[1].problem, "");
}

TEST_F(Placing, AreasThatArePlacedAtBootTakeTheSlotsFirst) {
    rules_.cma_areas = 2;
    add_at(RegionKind::cma, 0x40000000, block_bytes);
    add(RegionKind::cma, block_bytes);
    add_at(RegionKind::cma, 0x40200000, block_bytes);
    const Placements placed = place();
    EXPECT_EQ(placed.regions[0].problem, "");
    EXPECT_EQ(placed.regions[1].problem, "");
    EXPECT_EQ(placed.regions[2].problem,
              "2 CMA areas before it take all of the kernel's slots (CONFIG_CMA_AREAS)");
    EXPECT_EQ(placed.cma_areas, 2U);
    EXPECT_EQ(default_area_problem(std::nullopt, placed, 0x80000000, rules_),
              "2 CMA areas before it take all of the kernel's slots (CONFIG_CMA_AREAS)");
}

TEST_F(Placing, AnAreaIsMadeOfMemory) {
    add_at(RegionKind::cma, 0x7fe00000, block_bytes);
    EXPECT_EQ(place().regions[0].problem, "");
    regions_[0].region->base = 0x80000000;
    EXPECT_EQ(place().regions[0].problem,
              "a CMA area is made of memory, and not all of this is memory");
    kinds_[0] = RegionKind::carve_out;
    EXPECT_EQ(place().regions[0].problem, "");
}

TEST_F(Placing, ADefaultAreaGoesWhereDevicesReach) {
    memory_.push_back({.base = 0x800000000, .size = 0x80000000});
    EXPECT_EQ(default_problem({.size = 0x40000000}), "");
    EXPECT_EQ(default_problem({.size = 0x40000001}),
              "no 1026 MiB in one piece are free below 0x100000000");
    EXPECT_EQ(default_problem({.size = 0x60000000, .from = 0x1000, .limit = 0x900000000}), "");
}

TEST_F(Placing, ADefaultAreaAtAnAddressMustFindItFree) {
    const auto at = [](std::uint64_t base, std::uint64_t size) {
        return CmaParameter{.size = size, .base = base, .from = base, .limit = base + size};
    };
    EXPECT_EQ(default_problem(at(0x50000000, block_bytes)), "");
    EXPECT_EQ(default_problem(at(0x50001000, block_bytes)),
              "0x50001000 is not at a multiple of 2 MiB");
    EXPECT_EQ(default_problem(at(0x50000000, block_bytes + 1)),
              "2097153 bytes are not of whole blocks of "
              "2 MiB");
    EXPECT_EQ(default_problem(at(0x80000000, block_bytes)),
              "of the 2 MiB at 0x80000000 not all is memory");
    header_ = {{.base = 0x50100000, .size = 1}};
    EXPECT_EQ(default_problem(at(0x50000000, block_bytes)),
              "of the 2 MiB at 0x50000000 some are reserved");
}

TEST(FreeMemory, CountsWholePagesAndMergesWhatTouches) {
    const std::vector<Region> parts{{.base = 0x1800, .size = 0x2000},
                                    {.base = 0x3800, .size = 0x2800}};
    const FreeMemory memory(parts, page_bytes);
    EXPECT_TRUE(memory.holds({.base = 0x2000, .size = 0x1000}));
    EXPECT_FALSE(memory.holds({.base = 0x1800, .size = 0x1000}));
    EXPECT_EQ(memory.end(), 0x6000U);
    const std::vector<Region> both{{.base = 0x2000, .size = 0x1000},
                                   {.base = 0x3000, .size = 0x1000}};
    EXPECT_TRUE(FreeMemory(both, page_bytes).holds({.base = 0x2000, .size = 0x2000}));
}

} // namespace
} // namespace heapsel
