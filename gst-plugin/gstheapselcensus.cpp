// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcensus.h"

#include <algorithm>
#include <utility>

namespace gstheapsel {

Judge::Judge(heapsel::Heap selected, GstHeapselAllocator* allocator)
    : selected_(std::move(selected)), allocator_(allocator) {}

bool Judge::is_selected(const char* exporter) {
    // Names are interned, so one comparison does for all buffers but the first.
    if (exporter == known_)
        return true;
    if (!selected_.is_called(exporter))
        return false;
    known_ = exporter;
    return true;
}

Origin Judge::origin_of(GstMemory* memory) {
    const Place place = place_of(memory);
    if (!place.is_dmabuf())
        return Origin::system;
    if (!is_selected(place.exporter)) {
        if (elsewhere_ != place.exporter)
            elsewhere_ = place.exporter;
        return Origin::elsewhere;
    }
    const bool ours = memory->allocator == GST_ALLOCATOR_CAST(allocator_) ||
                      gst_heapsel_allocator_made(allocator_, place.inode);
    return ours ? Origin::pool : Origin::placed;
}

Origin Judge::origin_of(GstBuffer* buffer) {
    Origin origin = Origin::none;
    for (guint index = 0; index < gst_buffer_n_memory(buffer); ++index)
        origin = std::max(origin, origin_of(gst_buffer_peek_memory(buffer, index)));
    return origin;
}

void Census::count(Origin origin) {
    switch (origin) {
    case Origin::none:
        break;
    case Origin::pool:
        ++pool;
        break;
    case Origin::placed:
        ++placed;
        break;
    case Origin::elsewhere:
        ++elsewhere;
        break;
    case Origin::system:
        ++system;
        break;
    }
}

void Census::reset() {
    pool = 0;
    placed = 0;
    elsewhere = 0;
    system = 0;
}

} // namespace gstheapsel
