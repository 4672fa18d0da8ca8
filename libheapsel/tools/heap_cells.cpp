// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap_cells.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <span>
#include <utility>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"

namespace heapsel::tools {
namespace {

constexpr const char* unknown = "unknown";

/// "frames@60000000 (not now, in use)"
std::string with_remarks(const std::string& name, const std::vector<std::string>& remarks) {
    return remarks.empty() ? name : std::format("{} ({})", name, joined(remarks, ", "));
}

std::string payer(const Accounting& accounting) {
    if (!accounting.controller)
        return unknown;
    return accounting.controller == Controller::none
               ? "nobody"
               : std::string(to_string(*accounting.controller));
}

const UsableHeap* entry_called(const UsableHeaps& usable, const std::string& name) {
    const auto found = std::ranges::find(usable.heaps, name, &UsableHeap::name);
    return found == usable.heaps.end() ? nullptr : &*found;
}

std::vector<std::string> remarks_on(const UsableHeap& heap) {
    std::vector<std::string> remarks;
    if (heap.import_only)
        remarks.emplace_back("import only");
    if (heap.in_use)
        remarks.emplace_back("in use");
    return remarks;
}

void add_bound(const std::string& name, const UsableHeaps& usable, HeapCells& cells) {
    const UsableHeap* const entry = entry_called(usable, name);
    auto remarks = entry == nullptr ? std::vector<std::string>() : remarks_on(*entry);
    if (usable.known() && (entry == nullptr || !(entry->bound || entry->import_only)))
        remarks.emplace(remarks.begin(), "not now");
    cells.bound.push_back(with_remarks(printable(name), remarks));
    cells.pays.push_back(entry == nullptr ? unknown : payer(entry->accounting));
}

/// "driver (default_cma_region, in use)": the heap over the memory that it is.
std::string driver_cell(const UsableHeaps& usable) {
    std::vector<std::string> remarks;
    if (usable.by_driver && !usable.by_driver->name.empty())
        remarks.push_back(printable(usable.by_driver->name));
    if (usable.by_driver && usable.by_driver->in_use)
        remarks.emplace_back("in use");
    return with_remarks("driver", remarks);
}

void add_driver(const UsableHeaps& usable, HeapCells& cells) {
    cells.bound.push_back(driver_cell(usable));
    cells.pays.push_back(usable.by_driver ? payer(usable.by_driver->accounting) : unknown);
}

/// A cell for each bound heap.
void add_binding(const Binding& binding, const UsableHeaps& usable, HeapCells& cells) {
    for (const std::string& heap : binding.heaps)
        add_bound(heap, usable, cells);
    if (binding.or_driver)
        add_driver(usable, cells);
}

void add_listed(const UsableHeaps& usable, HeapCells& cells) {
    for (const UsableHeap& heap : usable.heaps) {
        if (heap.bound)
            add_bound(heap.name, usable, cells);
    }
    if (usable.by_driver && usable.by_driver->bound)
        add_driver(usable, cells);
}

/// As many names to a cell as fit.
std::vector<std::string> filled_cells(const std::vector<std::string>& names) {
    constexpr std::size_t width = 32;
    std::vector<std::string> cells;
    for (const std::string& name : names) {
        if (cells.empty() || cells.back().size() + 1 + name.size() > width)
            cells.push_back(name);
        else
            cells.back() += ' ' + name;
    }
    return cells;
}

/// Without what stands in the column BOUND.
std::vector<std::string> usable_cells(const std::optional<Binding>& binding,
                                      const UsableHeaps& usable) {
    if (!usable.known())
        return {unknown};
    std::vector<std::string> names;
    for (const UsableHeap& heap : usable.heaps) {
        if (!heap.bound && !(binding && std::ranges::contains(binding->heaps, heap.name)))
            names.push_back(with_remarks(printable(heap.name), remarks_on(heap)));
    }
    if (usable.by_driver && !usable.by_driver->bound && usable.by_driver->in_use)
        names.push_back(driver_cell(usable));
    return filled_cells(names);
}

std::vector<std::string> usable_cells(const Binding& binding) {
    std::vector<std::string> names;
    std::ranges::transform(binding.usable, std::back_inserter(names), printable);
    if (binding.is_cut)
        names.emplace_back("...");
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
    HeapCells cells;
    if (binding)
        add_binding(*binding, usable, cells);
    else
        add_listed(usable, cells);
    if (cells.bound.empty()) {
        cells.bound.emplace_back(unknown);
        cells.pays.emplace_back(unknown);
    }
    cells.usable = usable_cells(binding, usable);
    return cells;
}

HeapCells heap_cells(const DeviceMemory& memory) {
    if (memory.part_of.empty())
        return heap_cells(memory.binding, memory.usable);
    return {.bound = {"part of " + printable(memory.part_of)}, .pays = {}, .usable = {}};
}

HeapCells heap_cells(const std::optional<Binding>& binding) {
    if (!binding)
        return {.bound = {unknown}, .pays = {unknown}, .usable = {unknown}};
    const UsableHeaps nobody_says{.heaps = {}, .evidence = {}, .unknown_because = unknown};
    HeapCells cells;
    add_binding(*binding, nobody_says, cells);
    cells.usable = usable_cells(*binding);
    return cells;
}

void add_rows(std::vector<std::vector<std::string>>& rows, std::vector<std::string> head,
              const HeapCells& cells) {
    const std::size_t count = std::max({cells.bound.size(), cells.usable.size(), std::size_t{1}});
    const std::vector<std::string> blank(head.size());
    for (std::size_t i = 0; i < count; ++i) {
        auto row = std::exchange(head, blank);
        row.push_back(cell(cells.bound, i));
        row.push_back(cell(cells.pays, i));
        row.push_back(cell(cells.usable, i));
        rows.push_back(std::move(row));
    }
}

void note_unknown(Reasons& reasons, const std::string& device, const DeviceMemory& memory) {
    if (memory.part_of.empty())
        reasons.note(memory.usable.unknown_because, device);
    if (heap_cells(memory).bound_unknown())
        reasons.note(memory.binding_unknown_because, device);
}

std::string or_dash(const std::string& raw) {
    return raw.empty() ? "-" : printable(raw);
}

} // namespace heapsel::tools
