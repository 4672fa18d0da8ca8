// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_aliases.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace heapsel {
namespace {

using AreaOrigin = DefaultArea::Origin;

bool listed(std::span<const std::string> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::vector<const ReservedRegion*> default_nodes(const MemoryMap& map) {
    std::vector<const ReservedRegion*> found;
    for (const ReservedRegion& region : map.reserved) {
        if (region.is_cma() && region.cma_default)
            found.push_back(&region);
    }
    return found;
}

/// A heap `reserved` that is not that of a device-tree node.
bool boot_name_listed(std::span<const std::string> names, const Machine& machine) {
    const ReservedRegion* const node = machine.memory.find(boot_cma_name);
    return listed(names, boot_cma_name) && (node == nullptr || !node->is_cma());
}

/// The kernel rounds what was asked for up, by a step that depends on its configuration; a region
/// with an address it takes as it is.
bool area_agrees(const Machine& machine, std::string_view name, std::optional<std::uint64_t> asked,
                 bool exact) {
    if (machine.cma_areas.empty())
        return true;
    if (machine.area(name) == nullptr)
        return false;
    const auto size = machine.area_size(name);
    return !size || !asked || *size == *asked || (!exact && *size > *asked);
}

} // namespace

DefaultArea default_cma_area(std::span<const std::string> names, const Machine& machine) {
    if (machine.tree == TreeState::unreadable)
        return {};
    const auto nodes = default_nodes(machine.memory);
    const bool by_node = std::ranges::any_of(
        nodes, [&](const ReservedRegion* node) { return listed(names, node->name); });
    if (machine.cma) {
        const bool contradicted = by_node || machine.cma->size == 0;
        return {.origin = contradicted ? AreaOrigin::uncertain : AreaOrigin::boot, .node = nullptr};
    }
    if (nodes.empty())
        return {.origin = AreaOrigin::boot, .node = nullptr};
    const bool by_boot = boot_name_listed(names, machine);
    if (nodes.size() > 1 || (by_node && by_boot))
        return {};
    if (by_boot)
        return {.origin = AreaOrigin::boot, .node = nullptr};
    if (by_node || machine.command_line_known)
        return {.origin = AreaOrigin::node, .node = nodes.front()};
    return {};
}

bool is_old_default_name(std::string_view name, std::span<const std::string> names,
                         const Machine& machine) {
    constexpr std::array<std::string_view, 2> from_a_tree{"linux,cma", "default-pool"};
    if (listed(names, default_cma_heap))
        return false;
    return name == boot_cma_name ||
           (std::ranges::contains(from_a_tree, name) && machine.tree != TreeState::read);
}

std::optional<std::string> default_cma_alias(std::span<const std::string> names,
                                             const Machine& machine) {
    if (!listed(names, default_cma_heap))
        return std::nullopt;
    const DefaultArea area = default_cma_area(names, machine);
    if (area.origin == AreaOrigin::node && listed(names, area.node->name) &&
        area_agrees(machine, area.node->name, area.node->size, area.node->region.has_value()))
        return area.node->name;
    std::optional<std::uint64_t> asked;
    if (machine.cma)
        asked = machine.cma->size;
    if (area.origin == AreaOrigin::boot && boot_name_listed(names, machine) &&
        area_agrees(machine, boot_cma_name, asked, false))
        return std::string(boot_cma_name);
    return std::nullopt;
}

} // namespace heapsel
