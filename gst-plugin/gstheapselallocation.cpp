// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselallocation.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace gstheapsel {
namespace {

/// Pools of GStreamer (since 1.28) for readers whose GPU imports no other stride.
constexpr guint gpu_stride_mask = 255;

void read_meta(GstQuery* query, Asked& asked) {
    guint index = 0;
    asked.video_meta = gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, &index);
    if (!asked.video_meta)
        return;
    const GstStructure* params = nullptr;
    gst_query_parse_nth_allocation_meta(query, index, &params);
    // Before 1.26 it was declared to change what it reads.
    if (params != nullptr && gst_structure_has_name(params, "video-meta") &&
        !gst_buffer_pool_config_get_video_alignment(const_cast<GstStructure*>(params),
                                                    &asked.align))
        asked.align = {};
}

void read_pool(GstQuery* query, Asked& asked) {
    if (gst_query_get_n_allocation_pools(query) == 0)
        return;
    GstBufferPool* pool = nullptr;
    gst_query_parse_nth_allocation_pool(query, 0, &pool, &asked.size, &asked.min_buffers,
                                        &asked.max_buffers);
    if (pool != nullptr && std::string_view(G_OBJECT_TYPE_NAME(pool)) == "GstVideoDmabufPool")
        for (guint& mask : asked.align.stride_align)
            mask |= gpu_stride_mask;
    gst_clear_object(&pool);
}

void read_params(GstQuery* query, Asked& asked) {
    gst_allocation_params_init(&asked.params);
    if (gst_query_get_n_allocation_params(query) > 0)
        gst_query_parse_nth_allocation_param(query, 0, nullptr, &asked.params);
    asked.params.prefix = 0; // No importer takes a picture that starts within a dma-buf.
    // V4L2 counts the padding into the size, too.
    if (asked.params.padding < asked.size)
        asked.size -= static_cast<guint>(asked.params.padding);
}

bool is_same(const GstVideoAlignment& a, const GstVideoAlignment& b) {
    return a.padding_top == b.padding_top && a.padding_bottom == b.padding_bottom &&
           a.padding_left == b.padding_left && a.padding_right == b.padding_right &&
           std::ranges::equal(a.stride_align, b.stride_align);
}

bool is_same(const Asked& a, const Asked& b) {
    return a.video_meta == b.video_meta && is_same(a.align, b.align) &&
           a.params.align == b.params.align && a.params.padding == b.params.padding &&
           a.params.flags == b.params.flags && a.size == b.size && a.min_buffers == b.min_buffers &&
           a.max_buffers == b.max_buffers;
}

/// A new pool with a configuration that works as it is, for elements that do not write their own.
/// Null if it refuses that.
Ref<GstBufferPool> make_pool(GstCaps* caps, const Asked& asked, const Offer& offer) {
    Ref<GstBufferPool> pool(gst_heapsel_pool_new(offer.allocator, offer.use));
    for (int attempt = 0; attempt < 2; ++attempt) {
        GstStructure* config = gst_buffer_pool_get_config(pool.get());
        if (attempt == 0) {
            gst_buffer_pool_config_set_params(config, caps, asked.size, asked.min_buffers,
                                              asked.max_buffers);
            gst_buffer_pool_config_set_allocator(config, GST_ALLOCATOR_CAST(offer.allocator),
                                                 &asked.params);
            if (asked.video_meta)
                gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
        }
        if (gst_buffer_pool_set_config(pool.get(), config))
            return pool;
    }
    return nullptr;
}

void put_allocator(GstQuery* query, const Offer& offer, const GstAllocationParams& params) {
    while (gst_query_get_n_allocation_params(query) > 0)
        gst_query_remove_nth_allocation_param(query, 0);
    gst_query_add_allocation_param(query, GST_ALLOCATOR_CAST(offer.allocator), &params);
}

void put_pool(GstQuery* query, GstBufferPool* pool, const Asked& asked) {
    while (gst_query_get_n_allocation_pools(query) > 0)
        gst_query_remove_nth_allocation_pool(query, 0);
    gst_query_add_allocation_pool(query, pool, asked.size, asked.min_buffers, asked.max_buffers);
}

/// The least size of a buffer, and the most buffers, that offer and readers agree on.
void join(Asked& asked, const Offer& offer, const Layout& aligned) {
    asked.size = std::max(asked.size, static_cast<guint>(aligned.info.size));
    if (const guint own = offer.use.most; own > 0)
        asked.max_buffers = std::max(
            asked.min_buffers, asked.max_buffers == 0 ? own : std::min(asked.max_buffers, own));
}

} // namespace

Answer decline(LayoutError why) {
    Answer answer;
    answer.reason = std::move(why.reason);
    answer.malformed = why.malformed;
    return answer;
}

Asked asked_by(GstQuery* query, bool filled_by_device) {
    Asked asked;
    read_meta(query, asked);
    read_pool(query, asked);
    read_params(query, asked);
    // As GstVideoBufferPool does it: lines that the CPU reads begin like the memory.
    if (asked.video_meta && !filled_by_device && asked.params.align < gpu_stride_mask)
        for (guint& mask : asked.align.stride_align)
            mask |= static_cast<guint>(asked.params.align);
    return asked;
}

GstBufferPool* OfferedPool::find(GstCaps* caps, const Asked& asked, const Offer& offer) const {
    const auto& device = offer.use.device;
    const bool same_device =
        device_ == nullptr || device == nullptr ? device_ == device : device_->is_same(*device);
    const bool same = pool_ && gst_caps_is_equal(caps_.get(), caps) && is_same(asked_, asked) &&
                      allocator_ == offer.allocator && same_device && most_ == offer.use.most &&
                      fences_ == offer.use.fences;
    return same ? pool_.get() : nullptr;
}

void OfferedPool::keep(GstCaps* caps, const Asked& asked, const Offer& offer, GstBufferPool* pool) {
    pool_.reset(GST_BUFFER_POOL(gst_object_ref(pool)));
    caps_.reset(gst_caps_ref(caps));
    asked_ = asked;
    allocator_ = offer.allocator;
    device_ = offer.use.device;
    most_ = offer.use.most;
    fences_ = offer.use.fences;
}

Answer answer_allocation(GstQuery* query, Offer offer, OfferedPool& last) {
    GstCaps* caps = nullptr;
    gboolean need_pool = FALSE;
    gst_query_parse_allocation(query, &caps, &need_pool);
    Asked asked = asked_by(query, offer.use.device != nullptr);
    const auto aligned = with_alignment(offer.layout, asked.align);
    if (!aligned)
        return decline(aligned.error());
    if (asked.params.align >= static_cast<gsize>(getpagesize()))
        return decline({false, "downstream asks for an alignment beyond a page"});
    join(asked, offer, *aligned);
    offer.use.reader = asked.align;

    if (need_pool) {
        Ref<GstBufferPool> made;
        GstBufferPool* pool = last.find(caps, asked, offer);
        if (pool == nullptr) {
            made = make_pool(caps, asked, offer);
            pool = made.get();
        }
        if (pool == nullptr)
            return decline({false, "the pool refused its configuration"});
        if (made)
            last.keep(caps, asked, offer, pool);
        put_allocator(query, offer, asked.params);
        put_pool(query, pool, asked);
    } else {
        put_allocator(query, offer, asked.params);
        put_pool(query, nullptr, asked);
    }
    Answer answer;
    answer.answered = true;
    answer.size = asked.size;
    answer.min_buffers = asked.min_buffers;
    answer.max_buffers = asked.max_buffers;
    return answer;
}

} // namespace gstheapsel
