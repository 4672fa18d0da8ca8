// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "flat_builder.hpp"
#include "inspect/board_plan.hpp"
#include "tree_builder.hpp"

namespace heapsel::test {

inline constexpr std::uint32_t mib = 1U << 20U;

using Names = std::vector<std::string>;

/// A tree with an empty /reserved-memory.
class PlannedBoard : public testing::Test {
  protected:
    DeviceTreeNode root_ = root();
    std::vector<Region> header_; ///< What the blob's header reserves.
    DeviceTreeNode& reserved_ = [this]() -> DeviceTreeNode& {
        root_.children.reserve(8);
        return add_reserved_memory(root_);
    }();

    DeviceTreeNode& add(const std::string& name, std::uint32_t base, std::uint32_t size,
                        const Names& flags = {}, const std::string& compatible = {}) {
        DeviceTreeNode& node = reserved_.children.emplace_back();
        node.name = name;
        node.properties["reg"] = cells({0, base, 0, size});
        if (!compatible.empty())
            node.properties["compatible"] = text(compatible);
        for (const std::string& flag : flags)
            node.properties[flag] = "";
        return node;
    }

    DeviceTreeNode& add_pool(const std::string& name, std::uint32_t base, std::uint32_t size,
                             const Names& flags) {
        return add(name, base, size, flags, "shared-dma-pool");
    }

    /// Placed at boot.
    static void unplace(DeviceTreeNode& node, std::uint32_t size) {
        node.properties.erase("reg");
        node.properties["size"] = cells({0, size});
    }

    DeviceTreeNode& add_user(const std::string& name, std::uint32_t phandle) {
        DeviceTreeNode& node = root_.children.emplace_back();
        node.name = name;
        node.properties["memory-region"] = cells({phandle});
        return node;
    }

    [[nodiscard]] BoardPlan plan(const PlanOptions& options = {}) const {
        const std::string blob = blob_of(root_, header_);
        auto made = plan_board(std::as_bytes(std::span(blob)), options);
        EXPECT_TRUE(made) << made.error().message();
        return *std::move(made);
    }

    [[nodiscard]] Names warnings(const PlanOptions& options = {}) const {
        const BoardPlan made = plan(options);
        return {made.catalog.warnings().begin(), made.catalog.warnings().end()};
    }

    [[nodiscard]] PlannedRegion only_region(const PlanOptions& options = {}) const {
        const BoardPlan made = plan(options);
        EXPECT_EQ(made.regions.size(), 1U);
        return made.regions.at(0);
    }
};

inline Names heap_names(const BoardPlan& plan) {
    Names names;
    for (const Heap& heap : plan.catalog.heaps())
        names.push_back(heap.name);
    return names;
}

} // namespace heapsel::test
