// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <heapsel/heap.hpp>

#include "gstheapselallocator.h"
#include "gstheapselplace.h"

namespace gstheapsel {

/// Where the memory of one buffer is.
enum class Origin : std::uint8_t {
    none,   ///< It has no memory: not counted.
    pool,   ///< All of it is in the selected heap, and our allocator made it.
    placed, ///< All of it is in the selected heap, and somebody else, a driver say, put it there.
    elsewhere, ///< All of it are dma-bufs, and at least one is not in the selected heap.
    system     ///< At least one part is no dma-buf.
};

/// Tells where buffers are. Used by one thread at a time.
class Judge {
  public:
    /// `allocator` is borrowed.
    Judge(heapsel::Heap selected, GstHeapselAllocator* allocator);

    [[nodiscard]] Origin origin_of(GstBuffer* buffer);

    /// What exported the last part that was elsewhere; raw, and empty before there was one.
    [[nodiscard]] const std::string& elsewhere() const { return elsewhere_; }

  private:
    [[nodiscard]] Origin origin_of(GstMemory* memory);
    [[nodiscard]] bool is_selected(const char* exporter);

    heapsel::Heap selected_;
    GstHeapselAllocator* allocator_;
    const char* known_ = nullptr; ///< One that is a name of the selected heap.
    std::string elsewhere_;
};

/// Buffers that passed, by origin. Safe to read and write from any thread.
struct Census {
    std::atomic<guint64> pool = 0;
    std::atomic<guint64> placed = 0;
    std::atomic<guint64> elsewhere = 0;
    std::atomic<guint64> system = 0;

    void count(Origin origin);
    void reset();
};

} // namespace gstheapsel
