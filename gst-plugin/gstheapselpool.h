// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <gst/video/video.h>

#include <heapsel/buffer_pool.hpp>

#include "gstheapselallocator.h"
#include "gstheapselv4l2.h"

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL_POOL (gst_heapsel_pool_get_type())
G_DECLARE_FINAL_TYPE(GstHeapselPool, gst_heapsel_pool, GST, HEAPSEL_POOL, GstVideoBufferPool)

G_END_DECLS

namespace gstheapsel {

/// The frames of a pool that has stopped, for the next one over the same allocator: what fits into
/// their dma-bufs needs no new ones. Any thread.
class SpareFrames {
  public:
    struct Frames {
        heapsel::BufferPool pool;
        std::size_t most = 0; ///< As of heapsel::PoolOptions::max.
    };

    /// Takes the place of what is there.
    void put(Frames frames) {
        const std::scoped_lock guard(lock_);
        frames_ = std::move(frames);
    }
    /// Those that may be `most`; nothing if there are none.
    [[nodiscard]] std::optional<heapsel::BufferPool> take(std::size_t most) {
        const std::scoped_lock guard(lock_);
        auto frames = std::exchange(frames_, std::nullopt);
        return frames && frames->most == most ? std::optional(std::move(frames->pool))
                                              : std::nullopt;
    }

  private:
    std::mutex lock_;
    std::optional<Frames> frames_; ///< Under lock_.
};

/// What a pool is told of those who use it.
struct PoolUse {
    GstVideoAlignment reader{}; ///< What the readers ask for; all zeros if nothing.
    /// Says how frames are laid out, when the pool is configured; null if there is none.
    std::shared_ptr<const DeviceElement> device;
    bool fences = true; ///< Devices may still use a buffer that was given back.
    guint most = 0;     ///< Buffers, at any time; 0: no limit but the heap's.
    std::string filler; ///< Who acquires them, for messages.
    std::weak_ptr<SpareFrames> spare;
};

} // namespace gstheapsel

/// A pool of pictures from `allocator`, whatever allocator its configuration names. Transfer full.
GstBufferPool* gst_heapsel_pool_new(GstHeapselAllocator* allocator, gstheapsel::PoolUse use);
