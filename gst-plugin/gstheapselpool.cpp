// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:gstheapselpool
 * @title: GstHeapselPool
 * @short_description: video buffers in dma-bufs from the selected heaps
 * @see_also: #GstHeapselAllocator, #GstVideoBufferPool
 *
 * Unlike #GstVideoBufferPool it understands `format=DMA_DRM` with linear modifiers, and lays the
 * planes out for the coded size of the decoder that fills them. Every picture is one memory with
 * offset 0, which is what V4L2 imports for formats that are contiguous (NV12, and not NV12M). A
 * buffer is only handed out again when no device uses it any more.
 */
#include "gstheapselpool.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <unistd.h>

#include "gstheapselfence.h"
#include "gstheapsellayout.h"

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_pool_debug);

struct _GstHeapselPool {
    GstBufferPool parent;
    GstAllocator* allocator;
    GstVideoAlignment reader_align;

    // Set by set_config(), which the base class only calls while the pool is inactive.
    gstheapsel::Layout layout;
    GstAllocationParams params;
    bool add_meta;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapselPool, gst_heapsel_pool, GST_TYPE_BUFFER_POOL,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_pool_debug, "heapselpool", 0,
                                                      "pool of dma-bufs from selected heaps"))

static const gchar** gst_heapsel_pool_get_options(GstBufferPool*) {
    static const gchar* options[] = {GST_BUFFER_POOL_OPTION_VIDEO_META,
                                     GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT, nullptr};
    return options;
}

/// What reader and writer both need: the larger padding and the coarser stride.
static GstVideoAlignment merge(const GstVideoAlignment& a, const GstVideoAlignment& b) {
    GstVideoAlignment both{};
    both.padding_top = std::max(a.padding_top, b.padding_top);
    both.padding_bottom = std::max(a.padding_bottom, b.padding_bottom);
    both.padding_left = std::max(a.padding_left, b.padding_left);
    both.padding_right = std::max(a.padding_right, b.padding_right);
    for (guint plane = 0; plane < GST_VIDEO_MAX_PLANES; ++plane)
        both.stride_align[plane] = a.stride_align[plane] | b.stride_align[plane];
    return both;
}

static GstVideoAlignment wanted_alignment(GstHeapselPool* self, GstStructure* config) {
    GstVideoAlignment writer{};
    if (gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
        gst_buffer_pool_config_get_video_alignment(config, &writer);
    return merge(self->reader_align, writer);
}

/// The layout for a configuration. Padding needs a GstVideoMeta to be understood, so without one
/// the planes lie as the caps alone say.
static std::expected<gstheapsel::Layout, gstheapsel::LayoutError>
configured_layout(GstHeapselPool* self, GstStructure* config, const GstCaps* caps, guint size,
                  bool& add_meta) {
    auto layout = gstheapsel::layout_of(caps);
    if (!layout)
        return layout;
    add_meta = layout->dma_drm ||
               gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
    if (!add_meta)
        return layout;
    layout = gstheapsel::with_alignment(*layout, wanted_alignment(self, config));
    if (layout)
        *layout = gstheapsel::with_coded_size(*layout, size);
    return layout;
}

static gboolean gst_heapsel_pool_set_config(GstBufferPool* pool, GstStructure* config) {
    auto* self = GST_HEAPSEL_POOL(pool);
    GstCaps* caps = nullptr;
    guint size = 0;
    guint min_buffers = 0;
    guint max_buffers = 0;
    GstAllocationParams params;
    if (!gst_buffer_pool_config_get_params(config, &caps, &size, &min_buffers, &max_buffers) ||
        !gst_buffer_pool_config_get_allocator(config, nullptr, &params)) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pool_debug, self,
                               "the configuration is incomplete: %" GST_PTR_FORMAT,
                               static_cast<void*>(config));
        return FALSE;
    }
    if (params.align >= static_cast<gsize>(getpagesize())) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pool_debug, self,
                               "no dma-buf is aligned to mask %" G_GSIZE_FORMAT, params.align);
        return FALSE;
    }

    bool add_meta = false;
    const auto layout = configured_layout(self, config, caps, size, add_meta);
    if (!layout) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pool_debug, self, "%s: %" GST_PTR_FORMAT,
                               layout.error().reason.c_str(), static_cast<void*>(caps));
        return FALSE;
    }

    self->layout = *layout;
    self->layout.info.size = std::max<gsize>(size, layout->info.size);
    self->add_meta = add_meta;
    // Importers take a buffer from its start: V4L2 asserts on another offset.
    params.prefix = 0;
    self->params = params;

    if (gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
        gst_buffer_pool_config_set_video_alignment(config, &self->layout.padding);
    gst_buffer_pool_config_set_allocator(config, self->allocator, &params);
    gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(self->layout.info.size),
                                      min_buffers, max_buffers);
    GST_CAT_DEBUG_OBJECT(gst_heapsel_pool_debug, self,
                         "stride %d, size %" G_GSIZE_FORMAT ", padding right %u bottom %u",
                         self->layout.info.stride[0], self->layout.info.size,
                         self->layout.padding.padding_right, self->layout.padding.padding_bottom);
    return GST_BUFFER_POOL_CLASS(gst_heapsel_pool_parent_class)->set_config(pool, config);
}

static void add_video_meta(GstHeapselPool* self, GstBuffer* buffer) {
    GstVideoInfo* info = &self->layout.info;
    GstVideoMeta* meta = gst_buffer_add_video_meta_full(
        buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(info),
        static_cast<guint>(GST_VIDEO_INFO_WIDTH(info)),
        static_cast<guint>(GST_VIDEO_INFO_HEIGHT(info)), GST_VIDEO_INFO_N_PLANES(info),
        info->offset, info->stride);
    if (meta != nullptr)
        gst_video_meta_set_alignment(meta, self->layout.padding);
}

static GstFlowReturn gst_heapsel_pool_alloc_buffer(GstBufferPool* pool, GstBuffer** buffer,
                                                   GstBufferPoolAcquireParams*) {
    auto* self = GST_HEAPSEL_POOL(pool);
    GstMemory* memory = gst_allocator_alloc(self->allocator, self->layout.info.size, &self->params);
    if (memory == nullptr)
        return GST_FLOW_ERROR; // The allocator has said why.
    *buffer = gst_buffer_new();
    gst_buffer_append_memory(*buffer, memory);
    if (self->add_meta)
        add_video_meta(self, *buffer);
    return GST_FLOW_OK;
}

/// A free buffer may still be scanned out, or be read by a GPU: its user has only dropped it.
static GstFlowReturn wait_for_devices(GstHeapselPool* self, GstBuffer* buffer, bool may_wait) {
    using namespace std::chrono_literals;
    constexpr auto slice = 50ms;
    constexpr auto limit = 5s;
    if (gstheapsel::wait_until_idle(buffer, 0ms))
        return GST_FLOW_OK;
    if (!may_wait)
        return GST_FLOW_EOS;
    for (auto waited = 0ms; waited < limit; waited += slice) {
        if (GST_BUFFER_POOL_IS_FLUSHING(GST_BUFFER_POOL_CAST(self)))
            return GST_FLOW_FLUSHING;
        if (gstheapsel::wait_until_idle(buffer, slice))
            return GST_FLOW_OK;
    }
    g_signal_emit_by_name(self->allocator, "allocation-failed", ETIMEDOUT,
                          "cannot use a buffer again: a device has not finished with it for 5 "
                          "seconds. Look for a hung device in the kernel's log.");
    return GST_FLOW_ERROR;
}

static GstFlowReturn gst_heapsel_pool_acquire_buffer(GstBufferPool* pool, GstBuffer** buffer,
                                                     GstBufferPoolAcquireParams* params) {
    auto* pool_class = GST_BUFFER_POOL_CLASS(gst_heapsel_pool_parent_class);
    GstFlowReturn flow = pool_class->acquire_buffer(pool, buffer, params);
    if (flow != GST_FLOW_OK)
        return flow;
    const bool may_wait =
        params == nullptr || (params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT) == 0;
    flow = wait_for_devices(GST_HEAPSEL_POOL(pool), *buffer, may_wait);
    if (flow != GST_FLOW_OK) {
        pool_class->release_buffer(pool, *buffer);
        *buffer = nullptr;
    }
    return flow;
}

static void gst_heapsel_pool_finalize(GObject* object) {
    gst_clear_object(&GST_HEAPSEL_POOL(object)->allocator);
    G_OBJECT_CLASS(gst_heapsel_pool_parent_class)->finalize(object);
}

static void gst_heapsel_pool_class_init(GstHeapselPoolClass* klass) {
    G_OBJECT_CLASS(klass)->finalize = gst_heapsel_pool_finalize;
    auto* pool_class = GST_BUFFER_POOL_CLASS(klass);
    pool_class->get_options = gst_heapsel_pool_get_options;
    pool_class->set_config = gst_heapsel_pool_set_config;
    pool_class->acquire_buffer = gst_heapsel_pool_acquire_buffer;
    pool_class->alloc_buffer = gst_heapsel_pool_alloc_buffer;
}

static void gst_heapsel_pool_init(GstHeapselPool* self) {
    gst_allocation_params_init(&self->params);
    self->layout = {};
}

GstBufferPool* gst_heapsel_pool_new(GstHeapselAllocator* allocator,
                                    const GstVideoAlignment& align) {
    auto* self = static_cast<GstHeapselPool*>(g_object_new(GST_TYPE_HEAPSEL_POOL, nullptr));
    self->allocator = GST_ALLOCATOR(gst_object_ref(allocator));
    self->reader_align = align;
    return GST_BUFFER_POOL(gst_object_ref_sink(self));
}
