// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/board_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded_board.hpp"

namespace heapsel {
namespace {

using Lines = std::vector<std::string>;

/// Those of a fixture's file that are no comment.
Lines lines_of(const std::string& board, const char* file) {
    std::ifstream stream(std::filesystem::path(std::getenv("HEAPSEL_FIXTURES")) / board / file);
    Lines lines;
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with('#'))
            lines.push_back(line);
    }
    return lines;
}

Result<BoardPlan> plan_of(const std::string& board) {
    PlanOptions options;
    if (const Lines line = lines_of(board, "cmdline"); !line.empty())
        options.command_line = line.front();
    return plan_board(std::filesystem::path(std::getenv("HEAPSEL_BLOBS")) / (board + ".dtb"),
                      options);
}

std::string line_of(const PlannedRegion& region) {
    std::string line = region.path.substr(region.path.rfind('/') + 1);
    line += std::format(" {} ", to_string(region.use));
    if (region.region)
        line += std::format("{:#x}", region.region->base);
    else
        line += region.size ? "at-boot" : "-";
    line += region.size ? std::format(" {:#x}", *region.size) : " -";
    for (const std::string& user : region.users)
        line += " " + user;
    return line;
}

std::string as_name(std::string board) {
    std::erase(board, '-');
    return board;
}

class Regions : public testing::TestWithParam<std::string> {};

TEST_P(Regions, AreWhatTheKernelMakesOfThem) {
    const auto plan = plan_of(GetParam());
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->catalog.warnings().empty()) << plan->catalog.warnings().front();
    Lines lines;
    std::ranges::transform(plan->regions, std::back_inserter(lines), line_of);
    EXPECT_EQ(lines, lines_of(GetParam(), "regions"));
}

INSTANTIATE_TEST_SUITE_P(Planned, Regions,
                         testing::Values("apple-j274", "google-hayato", "hikey", "khadas-vim3",
                                         "nxp-imx8mp-evk", "rockchip-rk3588-evb1",
                                         "samsung-e850-96", "st-stm32mp257f-ev1", "ti-j721e-sk",
                                         "xilinx-zcu102"),
                         [](const auto& board) { return as_name(board.param); });

class PlannedHeaps : public testing::TestWithParam<std::string> {};

TEST_P(PlannedHeaps, AreThoseThatTheKernelRegisters) {
    const auto plan = plan_of(GetParam());
    ASSERT_TRUE(plan);
    Lines names;
    for (const Heap& heap : plan->catalog.heaps()) {
        names.push_back(heap.name);
        std::ranges::copy(heap.aliases, std::back_inserter(names));
    }
    std::ranges::sort(names);
    auto recorded = test::recorded_heaps(GetParam());
    std::ranges::sort(recorded);
    EXPECT_EQ(names, recorded);
}

INSTANTIATE_TEST_SUITE_P(Planned, PlannedHeaps,
                         testing::Values("apple-j274", "cubieboard2", "google-hayato", "hikey",
                                         "khadas-vim3", "lab-board", "lab-board-carve-outs",
                                         "mediatek-genio-1200", "nxp-imx8mp-evk", "qualcomm-rb5",
                                         "raspberry-pi-4b", "rock-5b", "rockchip-rk3588-evb1",
                                         "samsung-e850-96", "st-stm32mp257f-ev1", "ti-am625-sk",
                                         "ti-j721e-sk", "tq-imx8mp", "xilinx-zcu102"),
                         [](const auto& board) { return as_name(board.param); });

} // namespace
} // namespace heapsel
