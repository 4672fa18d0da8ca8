// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcensus.h"

namespace gstheapsel {

Origin origin_of(GstBuffer* buffer, GstHeapselAllocator* allocator) {
    const guint memories = gst_buffer_n_memory(buffer);
    if (memories == 0)
        return Origin::none;
    Origin origin = Origin::own;
    for (guint index = 0; index < memories; ++index) {
        GstMemory* memory = gst_buffer_peek_memory(buffer, index);
        if (!gst_is_dmabuf_memory(memory))
            return Origin::system;
        if (!gst_heapsel_allocator_owns(allocator, memory))
            origin = Origin::foreign;
    }
    return origin;
}

void Census::count(Origin origin) {
    switch (origin) {
    case Origin::none:
        break;
    case Origin::own:
        ++own;
        break;
    case Origin::foreign:
        ++foreign;
        break;
    case Origin::system:
        ++copied;
        break;
    }
}

void Census::reset() {
    own = 0;
    foreign = 0;
    copied = 0;
}

} // namespace gstheapsel
