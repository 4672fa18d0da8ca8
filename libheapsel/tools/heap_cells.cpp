// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap_cells.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <heapsel/printable.hpp>

namespace heapsel::tools {
namespace {

constexpr const char* unknown = "unknown";

bool is_active(const UsableHeaps& usable, const std::string& name) {
    return std::ranges::any_of(
        usable.heaps, [&](const UsableHeap& heap) { return heap.active && heap.name == name; });
}

/// A cell for each bound heap.
std::vector<std::string> cells_of(const Binding& binding, const UsableHeaps& usable) {
    std::vector<std::string> cells;
    for (const std::string& heap : binding.heaps) {
        const bool passed_over = usable.known() && !is_active(usable, heap);
        cells.push_back(printable(heap) + (passed_over ? " (not now)" : ""));
    }
    if (binding.or_driver)
        cells.emplace_back("driver");
    return cells;
}

std::vector<std::string> active_cells(const UsableHeaps& usable) {
    std::vector<std::string> cells;
    for (const UsableHeap& heap : usable.heaps) {
        if (heap.active)
            cells.push_back(printable(heap.name));
    }
    return cells;
}

/// As many names to a cell as fit.
std::vector<std::string> filled_cells(const std::vector<std::string>& names) {
    constexpr std::size_t width = 40;
    std::vector<std::string> cells;
    for (const std::string& raw : names) {
        const std::string name = printable(raw);
        if (cells.empty() || cells.back().size() + 1 + name.size() > width)
            cells.push_back(name);
        else
            cells.back() += ' ' + name;
    }
    return cells;
}

std::vector<std::string> usable_cells(const UsableHeaps& usable) {
    if (!usable.known())
        return {unknown};
    std::vector<std::string> names;
    for (const UsableHeap& heap : usable.heaps) {
        if (!heap.active)
            names.push_back(heap.name);
    }
    return filled_cells(names);
}

std::string cell(std::span<const std::string> cells, std::size_t i) {
    if (i < cells.size())
        return cells[i];
    return cells.empty() && i == 0 ? "-" : "";
}

} // namespace

bool HeapCells::bound_unknown() const {
    return bound == std::vector<std::string>{unknown};
}

HeapCells heap_cells(const std::optional<Binding>& binding, const UsableHeaps& usable) {
    auto bound = binding ? cells_of(*binding, usable) : active_cells(usable);
    if (bound.empty())
        bound.emplace_back(unknown);
    return {.bound = std::move(bound), .usable = usable_cells(usable)};
}

HeapCells heap_cells(const std::optional<Binding>& binding) {
    if (!binding)
        return {.bound = {unknown}, .usable = {unknown}};
    const UsableHeaps nobody_says{.heaps = {}, .evidence = {}, .unknown_because = unknown};
    return {.bound = cells_of(*binding, nobody_says), .usable = filled_cells(binding->usable)};
}

void add_rows(std::vector<std::vector<std::string>>& rows, std::vector<std::string> head,
              const HeapCells& cells) {
    const std::size_t count = std::max({cells.bound.size(), cells.usable.size(), std::size_t{1}});
    const std::vector<std::string> blank(head.size());
    for (std::size_t i = 0; i < count; ++i) {
        auto row = std::exchange(head, blank);
        row.push_back(cell(cells.bound, i));
        row.push_back(cell(cells.usable, i));
        rows.push_back(std::move(row));
    }
}

std::string or_dash(const std::string& raw) {
    return raw.empty() ? "-" : printable(raw);
}

} // namespace heapsel::tools
