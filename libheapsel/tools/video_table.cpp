// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video_table.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>

#include "table.hpp"

namespace heapsel::tools {
namespace {

using Row = std::vector<std::string>;

std::string or_dash(const std::string& raw) {
    return raw.empty() ? "-" : printable(raw);
}

/// The word that `explain` takes behind a colon.
std::string memory_cell(const VideoMemory& memory) {
    return std::string(memory.queue ? to_string(*memory.queue) : to_string(memory.role));
}

bool is_active(const UsableHeaps& usable, const std::string& name) {
    return std::ranges::any_of(
        usable.heaps, [&](const UsableHeap& heap) { return heap.active && heap.name == name; });
}

/// A cell for each bound heap.
std::vector<std::string> bound_cells(const VideoMemory& memory) {
    std::vector<std::string> cells;
    if (memory.binding) {
        for (const std::string& heap : memory.binding->heaps) {
            const bool passed_over = memory.usable.known() && !is_active(memory.usable, heap);
            cells.push_back(printable(heap) + (passed_over ? " (not now)" : ""));
        }
        if (memory.binding->or_driver)
            cells.emplace_back("driver");
        return cells;
    }
    for (const UsableHeap& heap : memory.usable.heaps) {
        if (heap.active)
            cells.push_back(printable(heap.name));
    }
    if (cells.empty())
        cells.emplace_back("unknown");
    return cells;
}

/// The names of the others, as many to a cell as fit.
std::vector<std::string> usable_cells(const UsableHeaps& usable) {
    constexpr std::size_t width = 40;
    if (!usable.known())
        return {"unknown"};
    std::vector<std::string> cells;
    for (const UsableHeap& heap : usable.heaps) {
        if (heap.active)
            continue;
        const std::string name = printable(heap.name);
        if (cells.empty() || cells.back().size() + 1 + name.size() > width)
            cells.push_back(name);
        else
            cells.back() += ' ' + name;
    }
    return cells;
}

std::string cell(std::span<const std::string> cells, std::size_t i) {
    if (i < cells.size())
        return cells[i];
    return cells.empty() && i == 0 ? "-" : "";
}

/// `head` stands on the first line.
void add(std::vector<Row>& rows, Row head, const VideoMemory& memory) {
    const auto bound = bound_cells(memory);
    const auto usable = usable_cells(memory.usable);
    head.push_back(memory_cell(memory));
    const std::size_t count = std::max({bound.size(), usable.size(), std::size_t{1}});
    for (std::size_t i = 0; i < count; ++i) {
        Row row = i == 0 ? head : Row(head.size());
        row.push_back(cell(bound, i));
        row.push_back(cell(usable, i));
        rows.push_back(std::move(row));
    }
}

struct Reason {
    std::string text;
    std::vector<std::string> devices;
};

void note(std::vector<Reason>& reasons, const std::string& text, const VideoDevice& device) {
    if (text.empty())
        return;
    auto found = std::ranges::find(reasons, text, &Reason::text);
    if (found == reasons.end())
        found = reasons.insert(found, {.text = text, .devices = {}});
    const std::string name = printable(device.name);
    if (!std::ranges::contains(found->devices, name))
        found->devices.push_back(name);
}

} // namespace

std::string video_table(std::span<const VideoDevice> devices) {
    std::vector<Row> rows{{"DEVICE", "DRIVER", "CARD", "MEMORY", "BOUND", "USABLE"}};
    for (const VideoDevice& device : devices) {
        Row head{"/dev/" + printable(device.name), or_dash(device.driver), or_dash(device.card)};
        for (const VideoMemory& memory : device.memories)
            add(rows, std::exchange(head, Row(head.size())), memory);
        if (device.memories.empty()) {
            head.insert(head.end(), {"-", "-", "-"});
            rows.push_back(std::move(head));
        }
    }
    return table(rows);
}

std::vector<std::string> why_unknown(std::span<const VideoDevice> devices) {
    std::vector<Reason> reasons;
    for (const VideoDevice& device : devices) {
        note(reasons, device.unasked_because, device);
        for (const VideoMemory& memory : device.memories) {
            note(reasons, memory.usable.unknown_because, device);
            if (bound_cells(memory).front() == "unknown")
                note(reasons, memory.binding_unknown_because, device);
        }
    }
    std::vector<std::string> lines;
    for (const auto& [text, names] : reasons) {
        std::string line;
        for (const std::string& name : names)
            line += (line.empty() ? "" : ", ") + name;
        lines.push_back(std::format("{}: {}", line, text));
    }
    return lines;
}

} // namespace heapsel::tools
