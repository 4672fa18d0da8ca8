// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/capacity.hpp"

#include <string_view>

#include <heapsel/size_text.hpp>

namespace heapsel {
namespace {

using Known = std::optional<std::uint64_t>;

void append(std::string& text, std::string_view what, const Known& bytes) {
    if (bytes)
        text += (text.empty() ? "" : ", ") + std::string(what) + " " + size_text(*bytes);
}

} // namespace

Capacity capacity_of(const Heap& heap, const HeapStatistics& statistics,
                     std::span<const CmaArea> areas, std::uint64_t page_size) {
    Capacity room{.size = statistics.size.value,
                  .free = statistics.free.value,
                  .largest = statistics.largest_free.value};
    for (const CmaArea& area : areas) {
        if (!heap.is_called(area.name))
            continue;
        room.size = room.size.or_else([&] { return in_bytes(area.total_pages, page_size); });
        room.free = room.free.or_else([&] { return in_bytes(area.available_pages, page_size); });
    }
    room.size = room.size.or_else([&] { return heap.size; });
    return room;
}

std::string to_string(const Capacity& room) {
    std::string text;
    append(text, "size", room.size);
    append(text, "free", room.free);
    append(text, "largest buffer", room.largest);
    return text;
}

} // namespace heapsel
