// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>

#include "gstheapselallocator.h"

namespace gstheapsel {

/// Where the memory of one buffer comes from.
enum class Origin {
    none,    ///< It has no memory: not counted.
    own,     ///< Every memory is a dma-buf that our allocator made.
    foreign, ///< Every memory is a dma-buf, and at least one is not ours.
    system   ///< At least one memory is no dma-buf.
};

[[nodiscard]] Origin origin_of(GstBuffer* buffer, GstHeapselAllocator* allocator);

/// Buffers that passed, by origin. Safe to read and write from any thread.
struct Census {
    std::atomic<guint64> own = 0;
    std::atomic<guint64> foreign = 0;
    std::atomic<guint64> copied = 0; ///< Of origin `system`: a device downstream needs a copy.

    void count(Origin origin);
    void reset();
};

} // namespace gstheapsel
