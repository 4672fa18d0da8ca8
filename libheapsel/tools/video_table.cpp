// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video_table.hpp"

#include <format>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "heap_cells.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

using Row = std::vector<std::string>;

/// The word that `explain` takes behind a colon, and that of `bind` where it is another.
std::string memory_cell(const VideoMemory& memory) {
    if (!memory.queue)
        return printable(memory.use);
    return std::format("{} ({})", to_string(*memory.queue), printable(memory.use));
}

} // namespace

std::string video_table(std::span<const VideoDevice> devices) {
    std::vector<Row> rows{{"DEVICE", "DRIVER", "CARD", "MEMORY", "BOUND", "PAYS", "USABLE"}};
    for (const VideoDevice& device : devices) {
        Row head{"/dev/" + printable(device.name), or_dash(device.driver), or_dash(device.card)};
        for (const VideoMemory& memory : device.memories) {
            Row row = std::exchange(head, Row(head.size()));
            row.push_back(memory_cell(memory));
            add_rows(rows, std::move(row), heap_cells(memory));
        }
        if (device.memories.empty()) {
            head.insert(head.end(), {"-", "-", "-", "-"});
            rows.push_back(std::move(head));
        }
    }
    return table(rows);
}

void note_unknown(Reasons& reasons, std::span<const VideoDevice> devices) {
    for (const VideoDevice& device : devices) {
        reasons.note(device.unasked_because, device.name);
        for (const VideoMemory& memory : device.memories)
            note_unknown(reasons, device.name, memory);
    }
}

} // namespace heapsel::tools
