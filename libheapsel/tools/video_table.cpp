// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video_table.hpp"

#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "heap_cells.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

using Row = std::vector<std::string>;

/// The word that `explain` takes behind a colon.
std::string memory_cell(const VideoMemory& memory) {
    return std::string(memory.queue ? to_string(*memory.queue) : to_string(memory.role));
}

} // namespace

std::string video_table(std::span<const VideoDevice> devices) {
    std::vector<Row> rows{{"DEVICE", "DRIVER", "CARD", "MEMORY", "BOUND", "USABLE"}};
    for (const VideoDevice& device : devices) {
        Row head{"/dev/" + printable(device.name), or_dash(device.driver), or_dash(device.card)};
        for (const VideoMemory& memory : device.memories) {
            Row row = std::exchange(head, Row(head.size()));
            row.push_back(memory_cell(memory));
            add_rows(rows, std::move(row), heap_cells(memory.binding, memory.usable));
        }
        if (device.memories.empty()) {
            head.insert(head.end(), {"-", "-", "-"});
            rows.push_back(std::move(head));
        }
    }
    return table(rows);
}

void note_unknown(Reasons& reasons, std::span<const VideoDevice> devices) {
    for (const VideoDevice& device : devices) {
        reasons.note(device.unasked_because, device.name);
        for (const VideoMemory& memory : device.memories) {
            reasons.note(memory.usable.unknown_because, device.name);
            if (heap_cells(memory.binding, memory.usable).bound_unknown())
                reasons.note(memory.binding_unknown_because, device.name);
        }
    }
}

} // namespace heapsel::tools
