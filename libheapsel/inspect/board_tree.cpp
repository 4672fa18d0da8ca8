// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/board_tree.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "inspect/device_tree_blob.hpp"
#include "inspect/dma_limit.hpp"
#include "inspect/flat_tree.hpp"
#include "inspect/header_reservations.hpp"
#include "inspect/plan_warnings.hpp"

namespace heapsel {
namespace {

/// What to do with a blob that is of no board; empty: it may be one's.
std::string_view no_board(const DeviceTreeNode& root) {
    if (root.child_at("images") != nullptr && root.child_at("configurations") != nullptr)
        return "It is a FIT image: take the board's tree out of it first (dumpimage -l lists what "
               "is in it).";
    const auto is_fragment = [](const DeviceTreeNode& node) {
        return node.name.starts_with("fragment");
    };
    const auto is_memory = [](const DeviceTreeNode& node) {
        return node.text("device_type") == "memory";
    };
    if (std::ranges::any_of(root.children, is_fragment) &&
        std::ranges::none_of(root.children, is_memory))
        return "It is an overlay: apply it to its board's tree first (fdtoverlay).";
    return {};
}

/// Of all children of /reserved-memory, disabled ones, too.
std::set<std::uint32_t> region_phandles(const DeviceTreeNode& tree) {
    std::set<std::uint32_t> phandles;
    const DeviceTreeNode* const reserved = tree.child_at("reserved-memory");
    if (reserved == nullptr)
        return phandles;
    for (const DeviceTreeNode& node : reserved->children) {
        const auto phandle =
            node.cell("phandle").or_else([&] { return node.cell("linux,phandle"); });
        if (phandle)
            phandles.insert(*phandle);
    }
    return phandles;
}

} // namespace

Result<BoardTree> read_board_tree(std::span<const std::byte> blob) {
    auto tree = parse_device_tree(blob);
    if (!tree)
        return std::unexpected(std::move(tree.error()));
    if (const auto other = no_board(*tree); !other.empty())
        return no_board_tree(other);
    auto users = region_clients(blob);
    if (!users)
        return std::unexpected(std::move(users.error()));
    const auto stray = stray_references(*users, region_phandles(*tree));
    const auto paths = paths_of(blob, stray);
    if (!paths)
        return std::unexpected(paths.error());
    auto header = header_reservations(blob);
    if (!header)
        return std::unexpected(std::move(header.error()));
    const auto limit = dma_limit(blob);
    if (!limit)
        return std::unexpected(limit.error());
    auto processor = processors(blob);
    if (!processor)
        return std::unexpected(std::move(processor.error()));
    auto strays = stray_warnings(*users, stray, *paths);
    return BoardTree{.tree = *std::move(tree),
                     .users = *std::move(users),
                     .stray_references = std::move(strays),
                     .header = *std::move(header),
                     .dma_limit = *limit,
                     .processors = *std::move(processor)};
}

} // namespace heapsel
