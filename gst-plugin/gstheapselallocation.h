// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "gstheapsellayout.h"
#include "gstheapselpool.h"
#include "gstheapselref.h"
#include "gstheapselway.h"

namespace gstheapsel {

/// What readers asked for in an ALLOCATION query.
struct Asked {
    bool video_meta = false;    ///< They understand GstVideoMeta. Without it nobody sees a padding.
    GstVideoAlignment align{};  ///< From the meta's parameters; all zeros if it gave none.
    GstAllocationParams params; ///< Of the memory; the prefix is always 0.
    guint size = 0;
    guint min_buffers = 0;
    guint max_buffers = 0; ///< 0: no limit.
};

/// `filled_by_device`: the layout is that of the device that fills the buffers, which an alignment
/// for the CPU must not change.
[[nodiscard]] Asked asked_by(GstQuery* query, bool filled_by_device);

/// What is offered in return.
struct Offer {
    GstHeapselAllocator* allocator = nullptr; ///< Borrowed.
    Layout layout;                            ///< Of the query's caps, without padding.
    PoolUse use;                              ///< Its `reader` follows from the query.
};

/// What became of an ALLOCATION query.
struct Answer {
    bool answered = false;  ///< Our pool (or, without need-pool, our allocator) is offered.
    std::string reason;     ///< Why it is not.
    bool malformed = false; ///< The query itself makes no sense, and must fail.
    guint size = 0;
    guint min_buffers = 0;
    guint max_buffers = 0; ///< 0: no limit.
};

/// The pool that was offered last: one that would be the same is offered again, so that what was
/// imported of it stays.
class OfferedPool {
  public:
    [[nodiscard]] GstBufferPool* find(GstCaps* caps, const Asked& asked, const Offer& offer) const;
    /// `pool` is referenced.
    void keep(GstCaps* caps, const Asked& asked, const Offer& offer, GstBufferPool* pool);
    void forget() { pool_.reset(); }

  private:
    struct CapsUnref {
        void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
    };
    Ref<GstBufferPool> pool_;
    std::unique_ptr<GstCaps, CapsUnref> caps_;
    Asked asked_;
    GstHeapselAllocator* allocator_ = nullptr; ///< Kept alive by the pool.
    std::shared_ptr<const DeviceElement> device_;
    guint most_ = 0;
    bool fences_ = false;
};

/// What is said where there is no layout.
[[nodiscard]] Answer decline(LayoutError why);

/// Puts `offer` first in a query that downstream has answered, or has not. Downstream's metas stay,
/// as do its numbers of buffers, its alignment and its size where they ask for more than the caps
/// do; its own pool and allocator do not.
[[nodiscard]] Answer answer_allocation(GstQuery* query, Offer offer, OfferedPool& last);

} // namespace gstheapsel
