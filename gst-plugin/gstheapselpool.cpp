// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:gstheapselpool
 * @title: GstHeapselPool
 * @short_description: video buffers in dma-bufs from the selected heaps
 * @see_also: #GstHeapselAllocator, #GstVideoBufferPool
 *
 * A #GstVideoBufferPool over the frames of libheapsel. It understands `format=DMA_DRM` with linear
 * modifiers, and lays the planes out as the V4L2 device that fills them says: strides, sizes, and a
 * dma-buf for each plane or one for all. Every memory begins with its dma-buf, which is what V4L2
 * imports.
 *
 * A buffer that a device still uses after its return, as its implicit fences tell, is handed out
 * last, and only when they have signalled. An idle one never waits for it.
 */
#include "gstheapselpool.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

#include <unistd.h>

#include "gstheapsellayout.h"
#include "gstheapselslot.h"

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_pool_debug);

namespace gstheapsel {

/// What there may be of frames where nobody has set a limit.
inline constexpr std::size_t no_limit = 4096;

/// The buffer that stands for a frame. Whoever has the frame's lease has the slot.
struct PoolSlot {
    std::uint64_t serial = 0;
    GstBuffer* buffer = nullptr; ///< Owned while the frame is not out.
    std::optional<heapsel::Lease> lease;
};

/// What is there while the pool is active.
struct ActivePool {
    ActivePool(heapsel::BufferPool pool, std::size_t most) : frames(std::move(pool)), slots(most) {}
    ActivePool(const ActivePool&) = delete;
    ActivePool& operator=(const ActivePool&) = delete;
    ~ActivePool() {
        for (PoolSlot& slot : slots)
            gst_clear_buffer(&slot.buffer);
    }

    heapsel::BufferPool frames;
    std::vector<PoolSlot> slots; ///< By index.
};

} // namespace gstheapsel

using gstheapsel::ActivePool;
using gstheapsel::Layout;
using gstheapsel::PoolSlot;

struct GstHeapselPoolPrivate {
    GstHeapselAllocator* allocator = nullptr;
    gstheapsel::PoolUse use;

    // Set by set_config(), which the base class only calls while the pool is inactive.
    Layout layout;
    GstAllocationParams params{};
    guint min = 0;
    std::size_t most = gstheapsel::no_limit;

    /// From start() to stop(). GstBufferPool counts a buffer before it asks for it, and until it
    /// has come back, and does not stop while it counts one, unless it was flushing before.
    std::unique_ptr<ActivePool> active;
};

struct _GstHeapselPool {
    GstVideoBufferPool parent;
    GstHeapselPoolPrivate* priv;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapselPool, gst_heapsel_pool, GST_TYPE_VIDEO_BUFFER_POOL,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_pool_debug, "heapselpool", 0,
                                                      "pool of dma-bufs from selected heaps"))

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

static bool strides_suit(const Layout& layout, const GstVideoAlignment& align) {
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&layout.info); ++plane)
        if ((static_cast<guint>(layout.info.stride[plane]) & align.stride_align[plane]) != 0)
            return false;
    return true;
}

/// The device's own layout, if it says one, and that does for the readers.
static std::optional<Layout> layout_of_device(GstHeapselPool* self, const Layout& plain) {
    const auto format =
        self->priv->use.device != nullptr ? self->priv->use.device->format() : std::nullopt;
    if (!format)
        return std::nullopt;
    auto layout = gstheapsel::laid_out_by(*format, plain);
    if (!layout) {
        GST_CAT_INFO_OBJECT(gst_heapsel_pool_debug, self, "not as the device says: %s",
                            layout.error().reason.c_str());
        return std::nullopt;
    }
    return strides_suit(*layout, self->priv->use.reader) ? std::optional(*std::move(layout))
                                                         : std::nullopt;
}

/// The layout for a configuration. Padding needs a GstVideoMeta to be understood, so without one
/// the planes lie as the caps alone say.
static std::expected<Layout, gstheapsel::LayoutError>
configured_layout(GstHeapselPool* self, GstStructure* config, const GstCaps* caps, guint size) {
    const auto plain = gstheapsel::layout_of(caps);
    if (!plain)
        return plain;
    auto device = layout_of_device(self, *plain);
    if (device && gstheapsel::is_same_picture(*device, *plain))
        return *std::move(device);
    if (!plain->dma_drm &&
        !gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META))
        return plain;
    if (device)
        return *std::move(device);
    GstVideoAlignment writer{};
    if (gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
        gst_buffer_pool_config_get_video_alignment(config, &writer);
    return gstheapsel::with_alignment(*plain, merge(self->priv->use.reader, writer))
        .transform([&](const Layout& aligned) { return with_coded_size(aligned, size); });
}

/// A pool may be configured with more than a picture takes.
static void grow(Layout& layout, gsize size) {
    if (size <= layout.info.size)
        return;
    layout.memories.back() += size - layout.info.size;
    layout.info.size = size;
}

/// GStreamer's contract: a configuration that had to be changed is refused, and may be set again as
/// it is now.
static bool put_alignment(GstStructure* config, const GstVideoAlignment& padding) {
    if (!gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
        return true;
    GstVideoAlignment given{};
    gst_buffer_pool_config_get_video_alignment(config, &given);
    GstVideoAlignment put = padding;
    gst_buffer_pool_config_set_video_alignment(config, &put);
    return given.padding_top == put.padding_top && given.padding_bottom == put.padding_bottom &&
           given.padding_left == put.padding_left && given.padding_right == put.padding_right &&
           std::equal(std::begin(given.stride_align), std::end(given.stride_align),
                      std::begin(put.stride_align));
}

static bool put_allocator(GstHeapselPool* self, GstStructure* config, GstAllocator* given,
                          const GstAllocationParams& asked) {
    self->priv->params = asked;
    // Importers take a buffer from its start: V4L2 asserts on another offset.
    self->priv->params.prefix = 0;
    gst_buffer_pool_config_set_allocator(config, GST_ALLOCATOR_CAST(self->priv->allocator),
                                         &self->priv->params);
    return asked.prefix == 0 &&
           (given == nullptr || given == GST_ALLOCATOR_CAST(self->priv->allocator));
}

static bool put_params(GstHeapselPool* self, GstStructure* config, GstCaps* caps, guint size,
                       guint min, guint max) {
    const auto needed = static_cast<guint>(self->priv->layout.info.size);
    guint most = max;
    if (const guint own = self->priv->use.most; own > 0 && (max == 0 || max > own))
        most = std::max(own, min);
    self->priv->min = min;
    self->priv->most =
        most == 0 ? gstheapsel::no_limit : std::min<std::size_t>(most, gstheapsel::no_limit);
    gst_buffer_pool_config_set_params(config, caps, needed, min, most);
    return needed == size && most == max;
}

static gboolean gst_heapsel_pool_set_config(GstBufferPool* pool, GstStructure* config) {
    auto* self = GST_HEAPSEL_POOL(pool);
    GstCaps* caps = nullptr;
    guint size = 0;
    guint min = 0;
    guint max = 0;
    GstAllocator* allocator = nullptr;
    GstAllocationParams params;
    if (!gst_buffer_pool_config_get_params(config, &caps, &size, &min, &max) ||
        !gst_buffer_pool_config_get_allocator(config, &allocator, &params)) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pool_debug, self,
                               "the configuration is incomplete: %" GST_PTR_FORMAT,
                               static_cast<void*>(config));
        return FALSE;
    }
    if (params.align >= static_cast<gsize>(getpagesize()) || params.padding > G_MAXINT) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pool_debug, self,
                               "no dma-buf has alignment mask %" G_GSIZE_FORMAT
                               " and padding %" G_GSIZE_FORMAT,
                               params.align, params.padding);
        return FALSE;
    }
    auto layout = configured_layout(self, config, caps, size);
    if (!layout) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pool_debug, self, "%s: %" GST_PTR_FORMAT,
                               layout.error().reason.c_str(), static_cast<void*>(caps));
        return FALSE;
    }
    grow(*layout, size);
    self->priv->layout = *std::move(layout);
    const bool alignment_kept = put_alignment(config, self->priv->layout.padding);
    const bool allocator_kept = put_allocator(self, config, allocator, params);
    const bool params_kept = put_params(self, config, caps, size, min, max);
    GST_CAT_DEBUG_OBJECT(gst_heapsel_pool_debug, self,
                         "%zu dma-bufs a frame, stride %d, size %" G_GSIZE_FORMAT,
                         self->priv->layout.memories.size(), self->priv->layout.info.stride[0],
                         self->priv->layout.info.size);
    // Not that of GstVideoBufferPool, which lays frames out by itself.
    auto* base = GST_BUFFER_POOL_CLASS(g_type_class_peek(GST_TYPE_BUFFER_POOL));
    return base->set_config(pool, config) && alignment_kept && allocator_kept && params_kept;
}

static void add_video_meta(GstHeapselPool* self, GstBuffer* buffer) {
    GstVideoInfo* info = &self->priv->layout.info;
    GstVideoMeta* meta = gst_buffer_add_video_meta_full(
        buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(info),
        static_cast<guint>(GST_VIDEO_INFO_WIDTH(info)),
        static_cast<guint>(GST_VIDEO_INFO_HEIGHT(info)), GST_VIDEO_INFO_N_PLANES(info),
        info->offset, info->stride);
    gst_video_meta_set_alignment(meta, self->priv->layout.padding);
    gstheapsel::keep(meta->meta);
}

/// Null if there is no descriptor left.
static GstBuffer* make_buffer(GstHeapselPool* self, heapsel::Lease& lease) {
    const GstHeapselPoolPrivate& priv = *self->priv;
    GstBuffer* buffer = gst_buffer_new();
    for (std::size_t index = 0; index < priv.layout.memories.size(); ++index) {
        const gsize size = priv.layout.memories[index];
        GstMemory* memory =
            gst_heapsel_allocator_wrap(priv.allocator, lease.fd(index), size + priv.params.padding);
        if (memory == nullptr) {
            gst_buffer_unref(buffer);
            return nullptr;
        }
        memory->align = priv.params.align;
        gst_memory_resize(memory, 0, size);
        gst_buffer_append_memory(buffer, memory);
    }
    // V4L2 insists on it; whoever does not know it reads a picture that lies as the caps say.
    add_video_meta(self, buffer);
    gstheapsel::add_slot_meta(buffer, lease.index());
    GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_TAG_MEMORY);
    return buffer;
}

/// The slot of a buffer that is out; null if it is none of this pool's.
static PoolSlot* slot_of(ActivePool& active, GstBuffer* buffer) {
    const auto index = gstheapsel::slot_index(buffer);
    if (!index || *index >= active.slots.size())
        return nullptr;
    PoolSlot& slot = active.slots[*index];
    return slot.buffer == buffer && slot.lease ? &slot : nullptr;
}

static heapsel::BufferLayout frames_layout(const GstHeapselPoolPrivate& priv) {
    heapsel::BufferLayout layout;
    for (const gsize size : priv.layout.memories)
        layout.buffer_sizes.push_back(static_cast<std::uint32_t>(size + priv.params.padding));
    return layout;
}

/// Those of the pool before, or new ones.
static heapsel::Result<heapsel::BufferPool> get_frames(GstHeapselPool* self) {
    const GstHeapselPoolPrivate& priv = *self->priv;
    heapsel::BufferLayout layout = frames_layout(priv);
    if (const auto spare = priv.use.spare.lock()) {
        if (auto frames = spare->take(priv.most)) {
            auto laid_out = frames->reconfigure(std::move(layout));
            frames->set_flushing(false);
            return laid_out.transform([&] { return std::move(*frames); });
        }
    }
    return gst_heapsel_allocator_frames(
        priv.allocator, {.layout = std::move(layout), .min = 0, .max = priv.most, .name = {}});
}

/// So many frames are there from the beginning.
static heapsel::Result<void> fill(heapsel::BufferPool& frames, guint min) {
    std::vector<heapsel::Lease> leases;
    while (leases.size() < min) {
        auto lease = frames.acquire("start");
        if (!lease)
            return std::unexpected(std::move(lease.error()));
        leases.push_back(*std::move(lease));
    }
    for (heapsel::Lease& lease : leases)
        lease.release();
    return {};
}

static gboolean gst_heapsel_pool_start(GstBufferPool* pool) {
    auto* self = GST_HEAPSEL_POOL(pool);
    auto frames = get_frames(self);
    const auto filled =
        frames.and_then([&](heapsel::BufferPool& made) { return fill(made, self->priv->min); });
    if (!filled) {
        gst_heapsel_allocator_fail(self->priv->allocator, filled.error());
        return FALSE;
    }
    self->priv->active = std::make_unique<ActivePool>(*std::move(frames), self->priv->most);
    return TRUE;
}

static gboolean gst_heapsel_pool_stop(GstBufferPool* pool) {
    auto* self = GST_HEAPSEL_POOL(pool);
    const auto active = std::exchange(self->priv->active, nullptr);
    const auto spare = self->priv->use.spare.lock();
    if (active != nullptr && spare != nullptr)
        spare->put({std::move(active->frames), self->priv->most});
    return TRUE;
}

static void gst_heapsel_pool_flush_start(GstBufferPool* pool) {
    if (const auto& active = GST_HEAPSEL_POOL(pool)->priv->active)
        active->frames.set_flushing(true);
}

static void gst_heapsel_pool_flush_stop(GstBufferPool* pool) {
    if (const auto& active = GST_HEAPSEL_POOL(pool)->priv->active)
        active->frames.set_flushing(false);
}

/// Waits as long as it takes, as GstBufferPool does, and tells once that it waits. A heap that is
/// exhausted is an error where no buffer comes back meanwhile.
static heapsel::Result<heapsel::Lease> wait_for_frame(GstHeapselPool* self, ActivePool& active) {
    using namespace std::chrono_literals;
    constexpr auto patience = 5s;
    for (bool told = false;; told = true) {
        auto lease = active.frames.acquire(self->priv->use.filler, patience);
        if (lease || lease.error().code != ETIMEDOUT)
            return lease;
        if (!told)
            gst_heapsel_allocator_wait(self->priv->allocator, lease.error());
    }
}

static heapsel::Result<heapsel::Lease> get_frame(GstHeapselPool* self, ActivePool& active,
                                                 bool may_wait) {
    auto lease = active.frames.acquire(self->priv->use.filler);
    const bool may_come = !lease &&
                          (lease.error().code == EAGAIN || lease.error().code == ENOMEM) &&
                          active.frames.size() > 0;
    if (may_wait && may_come)
        lease = wait_for_frame(self, active);
    return lease;
}

static GstFlowReturn flow_of(GstHeapselPool* self, const heapsel::Error& error) {
    if (error.code == ECANCELED)
        return GST_FLOW_FLUSHING;
    if (error.code == EAGAIN)
        return GST_FLOW_EOS; // What GstBufferPool says to those who do not want to wait.
    gst_heapsel_allocator_fail(self->priv->allocator, error);
    return GST_FLOW_ERROR;
}

static GstFlowReturn gst_heapsel_pool_acquire_buffer(GstBufferPool* pool, GstBuffer** buffer,
                                                     GstBufferPoolAcquireParams* params) {
    auto* self = GST_HEAPSEL_POOL(pool);
    if (GST_BUFFER_POOL_IS_FLUSHING(pool))
        return GST_FLOW_FLUSHING;
    ActivePool& active = *self->priv->active;
    const bool may_wait =
        params == nullptr || (params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT) == 0;
    auto lease = get_frame(self, active, may_wait);
    if (!lease)
        return flow_of(self, lease.error());

    PoolSlot& slot = active.slots[lease->index()];
    if (slot.buffer == nullptr || slot.serial != lease->serial()) {
        gst_clear_buffer(&slot.buffer);
        slot.buffer = make_buffer(self, *lease);
        slot.serial = lease->serial();
    }
    if (slot.buffer == nullptr)
        return flow_of(self, {.code = EMFILE,
                              .operation = "wrap a dma-buf",
                              .subject = self->priv->use.filler,
                              .hint = "Close files, or raise the limit on open ones."});
    slot.lease = *std::move(lease);
    *buffer = slot.buffer;
    return GST_FLOW_OK;
}

/// Nobody but the pool has a part of it, and no part was added, taken away, or put in another's
/// place, which GStreamer tags.
static bool is_intact(GstBuffer* buffer, const Layout& layout) {
    return !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_TAG_MEMORY) &&
           gst_buffer_is_all_memory_writable(buffer) &&
           gst_buffer_get_size(buffer) == layout.info.size;
}

static void gst_heapsel_pool_release_buffer(GstBufferPool* pool, GstBuffer* buffer) {
    auto* self = GST_HEAPSEL_POOL(pool);
    PoolSlot* const slot = slot_of(*self->priv->active, buffer);
    if (slot == nullptr) {
        gst_buffer_unref(buffer);
        return;
    }
    // Another thread has the slot as soon as the lease is given up.
    heapsel::Lease lease = *std::move(slot->lease);
    slot->lease.reset();
    if (is_intact(buffer, self->priv->layout)) {
        lease.release(self->priv->use.fences ? heapsel::Fences::unknown
                                             : heapsel::Fences::signalled);
        return;
    }
    slot->buffer = nullptr;
    lease.discard();
    gst_buffer_unref(buffer);
}

static void gst_heapsel_pool_finalize(GObject* object) {
    auto* self = GST_HEAPSEL_POOL(object);
    gst_clear_object(&self->priv->allocator);
    delete self->priv;
    G_OBJECT_CLASS(gst_heapsel_pool_parent_class)->finalize(object);
}

static void gst_heapsel_pool_class_init(GstHeapselPoolClass* klass) {
    G_OBJECT_CLASS(klass)->finalize = gst_heapsel_pool_finalize;
    auto* pool_class = GST_BUFFER_POOL_CLASS(klass);
    pool_class->set_config = gst_heapsel_pool_set_config;
    pool_class->start = gst_heapsel_pool_start;
    pool_class->stop = gst_heapsel_pool_stop;
    pool_class->flush_start = gst_heapsel_pool_flush_start;
    pool_class->flush_stop = gst_heapsel_pool_flush_stop;
    pool_class->acquire_buffer = gst_heapsel_pool_acquire_buffer;
    pool_class->release_buffer = gst_heapsel_pool_release_buffer;
    gst_type_mark_as_plugin_api(GST_TYPE_HEAPSEL_POOL, static_cast<GstPluginAPIFlags>(0));
}

static void gst_heapsel_pool_init(GstHeapselPool* self) {
    self->priv = new GstHeapselPoolPrivate;
    gst_allocation_params_init(&self->priv->params);
}

GstBufferPool* gst_heapsel_pool_new(GstHeapselAllocator* allocator, gstheapsel::PoolUse use) {
    auto* self = static_cast<GstHeapselPool*>(g_object_new(GST_TYPE_HEAPSEL_POOL, nullptr));
    self->priv->allocator = GST_HEAPSEL_ALLOCATOR(gst_object_ref(allocator));
    self->priv->use = std::move(use);
    return GST_BUFFER_POOL(gst_object_ref_sink(self));
}
