// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/region_clients.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include <libfdt.h>

#include "inspect/flat_node.hpp"
#include "inspect/flat_tree.hpp"

namespace heapsel {
namespace {

constexpr std::size_t max_depth = 64; // The kernel's own.

/// None if there is no such property, or it consists of no cells.
std::vector<std::uint32_t> cells(const void* blob, int node, const char* property) {
    int length = 0;
    const void* const raw = fdt_getprop(blob, node, property, &length);
    constexpr int cell = sizeof(fdt32_t);
    if (raw == nullptr || length % cell != 0)
        return {};
    const std::span values(static_cast<const fdt32_t*>(raw),
                           static_cast<std::size_t>(length / cell));
    std::vector<std::uint32_t> found;
    for (const fdt32_t& value : values)
        found.push_back(fdt32_ld(&value));
    return found;
}

/// The nodes from the root down to the one at hand.
class Ancestry {
  public:
    void enter(std::size_t depth, std::string_view name, bool enabled) {
        const bool above = depth == 0 || levels_.at(depth - 1).enabled;
        levels_.at(depth) = {.name = name, .enabled = above && enabled};
    }

    [[nodiscard]] bool enabled(std::size_t depth) const { return levels_.at(depth).enabled; }

    /// Nothing if it is longer than the limit.
    [[nodiscard]] std::optional<std::string> path(std::size_t depth) const {
        std::string path;
        for (std::size_t level = 1; level <= depth; ++level) {
            if (path.size() + 1 + levels_.at(level).name.size() > max_user_path)
                return std::nullopt;
            path += '/';
            path += levels_.at(level).name;
        }
        return path;
    }

  private:
    struct Level {
        std::string_view name;
        bool enabled = true;
    };
    std::array<Level, max_depth> levels_;
};

/// Calls `visit` with each node that is no deeper than `max_depth`, and with where it stands, until
/// it returns false.
template <typename Visit>
void walk(const void* blob, Visit visit) {
    Ancestry ancestry;
    int deep = 0;
    for (int node = fdt_next_node(blob, -1, &deep); node >= 0 && deep > 0;
         node = fdt_next_node(blob, node, &deep)) {
        const auto depth = static_cast<std::size_t>(deep - 1);
        if (depth >= max_depth)
            continue;
        const char* const name = fdt_get_name(blob, node, nullptr);
        ancestry.enter(depth, name == nullptr ? "" : name, is_enabled(blob, node));
        if (!visit(node, ancestry, depth))
            return;
    }
}

} // namespace

Result<std::vector<MemoryRegionUser>> region_clients(std::span<const std::byte> bytes) {
    const auto tree = FlatTree::open(bytes);
    if (!tree)
        return std::unexpected(tree.error());
    std::vector<MemoryRegionUser> users;
    std::size_t references = 0;
    walk(tree->blob(), [&](int node, const Ancestry& ancestry, std::size_t depth) {
        auto phandles = cells(tree->blob(), node, "memory-region");
        auto path = phandles.empty() ? std::nullopt : ancestry.path(depth);
        if (!path)
            return true;
        references += phandles.size();
        users.push_back({.path = *std::move(path),
                         .enabled = ancestry.enabled(depth),
                         .phandles = std::move(phandles)});
        return references <= max_memory_region_references;
    });
    if (references > max_memory_region_references)
        return malformed_tree(E2BIG, "it has too many references to reserved memory");
    return users;
}

Result<std::map<std::uint32_t, std::string>> paths_of(std::span<const std::byte> bytes,
                                                      const std::set<std::uint32_t>& phandles) {
    const auto tree = FlatTree::open(bytes);
    if (!tree)
        return std::unexpected(tree.error());
    std::map<std::uint32_t, std::string> paths;
    walk(tree->blob(), [&](int node, const Ancestry& ancestry, std::size_t depth) {
        const std::uint32_t phandle = fdt_get_phandle(tree->blob(), node);
        if (auto path = ancestry.path(depth); path && phandles.contains(phandle))
            paths.emplace(phandle, *std::move(path));
        return true;
    });
    return paths;
}

} // namespace heapsel
