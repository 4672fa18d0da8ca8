// SPDX-License-Identifier: LGPL-2.1-or-later
#include "display_table.hpp"

#include <utility>
#include <vector>

#include <heapsel/pixel_format.hpp>
#include <heapsel/printable.hpp>

#include "heap_cells.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

using Row = std::vector<std::string>;

/// For a plane, "-" is an answer: the driver takes nothing for it from heaps.
HeapCells plane_cells(const UsableHeaps& usable) {
    HeapCells cells = heap_cells(std::nullopt, usable);
    if (usable.known() && cells.bound_unknown()) {
        cells.bound.clear();
        cells.pays.clear();
    }
    return cells;
}

void add(std::vector<Row>& rows, const DisplayDevice& device) {
    Row head{"/dev/dri/" + printable(device.name), or_dash(device.driver)};
    const auto add_memory = [&](std::string memory, std::string format, const HeapCells& cells) {
        Row row = std::exchange(head, Row(head.size()));
        row.insert(row.end(), {std::move(memory), std::move(format)});
        add_rows(rows, std::move(row), cells);
    };
    for (const auto& [plane, usable] : device.planes)
        add_memory(plane.name(), plane.formats.empty() ? "-" : format_name(plane.formats.front()),
                   plane_cells(usable));
    if (!device.unasked_because.empty())
        add_memory("planes", "-", heap_cells(std::nullopt));
    add_memory("dumb (frame)", "-", heap_cells(device.binding));
    for (const DeviceMemory& memory : device.hidden)
        add_memory(printable(memory.use), "-", heap_cells(memory));
}

} // namespace

std::string display_table(std::span<const DisplayDevice> devices) {
    std::vector<Row> rows{{"DEVICE", "DRIVER", "MEMORY", "FORMAT", "BOUND", "PAYS", "USABLE"}};
    for (const DisplayDevice& device : devices)
        add(rows, device);
    return table(rows);
}

void note_unknown(Reasons& reasons, std::span<const DisplayDevice> devices) {
    for (const DisplayDevice& device : devices) {
        reasons.note(device.unasked_because, device.name);
        for (const DisplayPlane& plane : device.planes)
            reasons.note(plane.usable.unknown_because, device.name);
        reasons.note(device.binding_unknown_because, device.name);
        for (const DeviceMemory& memory : device.hidden)
            note_unknown(reasons, device.name, memory);
    }
}

} // namespace heapsel::tools
