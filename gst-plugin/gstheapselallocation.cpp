// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselallocation.h"

#include <algorithm>

#include <unistd.h>

#include "gstheapsellayout.h"
#include "gstheapselpool.h"

namespace gstheapsel {
namespace {

/// What downstream says of GstVideoMeta. Without it nobody would see a padding.
struct Reader {
    bool video_meta = false;
    GstVideoAlignment align{}; ///< From the meta's parameters; all zeros if it gave none.
};

Reader reader_of(GstQuery* query) {
    Reader reader;
    guint index = 0;
    reader.video_meta = gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, &index);
    if (!reader.video_meta)
        return reader;
    const GstStructure* params = nullptr;
    gst_query_parse_nth_allocation_meta(query, index, &params);
    if (params != nullptr && gst_structure_has_name(params, "video-meta") &&
        !gst_buffer_pool_config_get_video_alignment(params, &reader.align))
        reader.align = {};
    return reader;
}

struct PoolProposal {
    guint size = 0;
    guint min_buffers = 0;
};

PoolProposal readers_proposal(GstQuery* query) {
    PoolProposal proposal;
    if (gst_query_get_n_allocation_pools(query) > 0)
        gst_query_parse_nth_allocation_pool(query, 0, nullptr, &proposal.size,
                                            &proposal.min_buffers, nullptr);
    return proposal;
}

GstAllocationParams readers_params(GstQuery* query) {
    GstAllocationParams params;
    gst_allocation_params_init(&params);
    if (gst_query_get_n_allocation_params(query) > 0)
        gst_query_parse_nth_allocation_param(query, 0, nullptr, &params);
    params.prefix = 0; // No importer takes a picture that starts within a dma-buf.
    return params;
}

void offer_allocator(GstQuery* query, GstAllocator* allocator, const GstAllocationParams& params) {
    while (gst_query_get_n_allocation_params(query) > 0)
        gst_query_remove_nth_allocation_param(query, 0);
    gst_query_add_allocation_param(query, allocator, &params);
}

void offer_pool(GstQuery* query, GstBufferPool* pool, guint size, guint min_buffers) {
    while (gst_query_get_n_allocation_pools(query) > 0)
        gst_query_remove_nth_allocation_pool(query, 0);
    gst_query_add_allocation_pool(query, pool, size, min_buffers, 0);
}

/// A new pool with a configuration that works as it is, for elements that do not write their own.
GstBufferPool* configured_pool(GstHeapselAllocator* allocator, const Reader& reader, GstCaps* caps,
                               const PoolProposal& wanted, const GstAllocationParams& params) {
    GstBufferPool* pool = gst_heapsel_pool_new(allocator, reader.align);
    GstStructure* config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps, wanted.size, wanted.min_buffers, 0);
    gst_buffer_pool_config_set_allocator(config, GST_ALLOCATOR_CAST(allocator), &params);
    if (reader.video_meta)
        gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
    if (!gst_buffer_pool_set_config(pool, config))
        gst_clear_object(&pool);
    return pool;
}

Answer decline(const LayoutError& error) {
    Answer answer;
    answer.valid = !error.malformed;
    answer.reason = error.reason;
    return answer;
}

} // namespace

Answer answer_allocation(GstQuery* query, GstHeapselAllocator* allocator) {
    GstCaps* caps = nullptr;
    gboolean need_pool = FALSE;
    gst_query_parse_allocation(query, &caps, &need_pool);
    const Reader reader = reader_of(query);

    auto layout = layout_of(caps);
    if (layout)
        layout = with_alignment(*layout, reader.align);
    if (!layout)
        return decline(layout.error());

    const GstAllocationParams params = readers_params(query);
    if (params.align >= static_cast<gsize>(getpagesize()))
        return decline({false, "downstream asks for an alignment beyond a page"});

    PoolProposal wanted = readers_proposal(query);
    wanted.size = std::max(wanted.size, static_cast<guint>(layout->info.size));
    GstBufferPool* pool = nullptr;
    if (need_pool) {
        pool = configured_pool(allocator, reader, caps, wanted, params);
        if (pool == nullptr)
            return decline({false, "the pool refused its configuration"});
    }
    offer_allocator(query, GST_ALLOCATOR_CAST(allocator), params);
    offer_pool(query, pool, wanted.size, wanted.min_buffers);
    gst_clear_object(&pool);

    Answer answer;
    answer.answered = true;
    answer.size = wanted.size;
    answer.min_buffers = wanted.min_buffers;
    return answer;
}

} // namespace gstheapsel
