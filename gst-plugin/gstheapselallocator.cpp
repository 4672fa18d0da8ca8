// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:gstheapselallocator
 * @title: GstHeapselAllocator
 * @short_description: dma-bufs from the heaps that libheapsel selected
 * @see_also: #GstDmaBufAllocator
 *
 * A #GstDmaBufAllocator that can also allocate. CPU access is kept coherent by its parent, which
 * brackets every gst_memory_map() with DMA_BUF_IOCTL_SYNC.
 *
 * When the plugin is loaded, gst_allocator_find() gives one as "heapsel". Its heap is the one that
 * the policies of the machine and of the user and the environment's ask for, chosen at the first
 * allocation.
 */
#include "gstheapselallocator.h"

#include <atomic>
#include <cerrno>
#include <format>
#include <mutex>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <heapsel/printable.hpp>
#include <heapsel/take.hpp>

#include "gstheapselledger.h"

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_allocator_debug);
GST_DEBUG_CATEGORY_STATIC(gst_heapsel_allocator_performance);

using Heaps = std::shared_ptr<const heapsel::Allocator>;

struct GstHeapselAllocatorPrivate {
    std::mutex lock;
    Heaps heaps; ///< Null until the policies were asked; under lock.
    std::string name = "heapsel";
    std::atomic<unsigned> serial = 0;
    std::shared_ptr<gstheapsel::Ledger> ledger = std::make_shared<gstheapsel::Ledger>();
};

struct _GstHeapselAllocator {
    GstDmaBufAllocator parent;
    GstHeapselAllocatorPrivate* priv;
};

enum { signal_allocation_failed, signal_allocation_waits, signal_count };
static guint signals[signal_count];

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapselAllocator, gst_heapsel_allocator, GST_TYPE_DMABUF_ALLOCATOR,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_allocator_debug,
                                                      "heapselallocator", 0,
                                                      "allocator over dma-buf heaps");
                              GST_DEBUG_CATEGORY_GET(gst_heapsel_allocator_performance,
                                                     "GST_PERFORMANCE"))

static heapsel::Result<Heaps> heaps_of(GstHeapselAllocator* self) {
    const std::scoped_lock guard(self->priv->lock);
    if (self->priv->heaps == nullptr) {
        auto chosen = heapsel::allocator_for({.name = self->priv->name});
        if (!chosen)
            return std::unexpected(std::move(chosen.error()));
        self->priv->heaps = std::make_shared<const heapsel::Allocator>(*std::move(chosen));
    }
    return self->priv->heaps;
}

static heapsel::Error impossible(gsize size, const GstAllocationParams& params) {
    return {.code = EINVAL,
            .operation = std::format("allocate {} bytes (prefix {}, padding {}, alignment mask {})",
                                     size, params.prefix, params.padding, params.align),
            .subject = {},
            .hint = "The length is zero or too large, or the alignment exceeds a page."};
}

/// The whole length with prefix and padding; 0 if it overflows or is aligned to more than a page.
static gsize total_size(gsize size, const GstAllocationParams& params) {
    gsize total = size;
    if (size == 0 || params.align >= static_cast<gsize>(getpagesize()) ||
        !g_size_checked_add(&total, total, params.prefix) ||
        !g_size_checked_add(&total, total, params.padding) || total > G_MAXSSIZE)
        return 0;
    return total;
}

static heapsel::Result<heapsel::Buffer> allocate(GstHeapselAllocator* self, gsize total) {
    const auto heaps = heaps_of(self);
    if (!heaps)
        return std::unexpected(heaps.error());
    const std::string name = std::format("{}-{}", self->priv->name, self->priv->serial++);
    return (*heaps)->allocate(total, name).and_then([&](heapsel::Buffer&& buffer) {
        GST_CAT_DEBUG_OBJECT(gst_heapsel_allocator_performance, self,
                             "allocated %s: %" G_GSIZE_FORMAT " bytes from %s", name.c_str(), total,
                             heapsel::printable(buffer.heap()).c_str());
        return self->priv->ledger->enter(std::move(buffer));
    });
}

/// Keeps the buffer in the ledger as long as the memory that has its descriptor now.
static void keep_with(GstMemory* memory, heapsel::Buffer emptied) {
    static const GQuark quark = g_quark_from_static_string("heapsel-entry");
    gst_mini_object_set_qdata(GST_MINI_OBJECT_CAST(memory), quark,
                              new heapsel::Buffer(std::move(emptied)),
                              [](gpointer entry) { delete static_cast<heapsel::Buffer*>(entry); });
}

static GstMemory* gst_heapsel_allocator_alloc(GstAllocator* allocator, gsize size,
                                              GstAllocationParams* params) {
    auto* self = GST_HEAPSEL_ALLOCATOR(allocator);
    const GstAllocationParams wanted = params != nullptr ? *params : GstAllocationParams{};
    const gsize total = total_size(size, wanted);
    auto buffer = total == 0 ? std::unexpected(impossible(size, wanted)) : allocate(self, total);
    if (!buffer) {
        gst_heapsel_allocator_fail(self, buffer.error());
        return nullptr;
    }
    // Heaps zero what they hand out, so the flags that ask for a zeroed prefix or padding hold.
    GstMemory* memory = gst_dmabuf_allocator_alloc_with_flags(
        allocator, buffer->release().release(), total, GST_FD_MEMORY_FLAG_KEEP_MAPPED);
    keep_with(memory, *std::move(buffer));
    memory->align = wanted.align;
    memory->offset = wanted.prefix;
    memory->size = size;
    return memory;
}

static void gst_heapsel_allocator_finalize(GObject* object) {
    delete GST_HEAPSEL_ALLOCATOR(object)->priv;
    G_OBJECT_CLASS(gst_heapsel_allocator_parent_class)->finalize(object);
}

static guint new_signal(GstHeapselAllocatorClass* klass, const char* name) {
    return g_signal_new(name, G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr, nullptr,
                        nullptr, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void gst_heapsel_allocator_class_init(GstHeapselAllocatorClass* klass) {
    G_OBJECT_CLASS(klass)->finalize = gst_heapsel_allocator_finalize;
    GST_ALLOCATOR_CLASS(klass)->alloc = gst_heapsel_allocator_alloc;

    /**
     * GstHeapselAllocator::allocation-failed:
     * @allocator: the allocator
     * @code: the errno value
     * @message: what failed, why, and what to do about it
     *
     * A buffer could not be allocated. Emitted in the thread that asked for it, with no lock held.
     */
    signals[signal_allocation_failed] = new_signal(klass, "allocation-failed");

    /**
     * GstHeapselAllocator::allocation-waits:
     * @allocator: the allocator
     * @code: the errno value
     * @message: what is waited for, and who has it
     *
     * A pool over this allocator has had no free buffer for some seconds, and goes on waiting.
     * Emitted in the thread that waits, with no lock held.
     */
    signals[signal_allocation_waits] = new_signal(klass, "allocation-waits");
    gst_type_mark_as_plugin_api(GST_TYPE_HEAPSEL_ALLOCATOR, static_cast<GstPluginAPIFlags>(0));
}

static void gst_heapsel_allocator_init(GstHeapselAllocator* self) {
    self->priv = new GstHeapselAllocatorPrivate;
    // The parent only wraps descriptors; this class has an alloc() of its own.
    GST_OBJECT_FLAG_UNSET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

GstAllocator* gst_heapsel_allocator_new(heapsel::Allocator heaps, const char* name) {
    auto* self =
        static_cast<GstHeapselAllocator*>(g_object_new(GST_TYPE_HEAPSEL_ALLOCATOR, nullptr));
    self->priv->heaps = std::make_shared<const heapsel::Allocator>(std::move(heaps));
    self->priv->name = name;
    return GST_ALLOCATOR(gst_object_ref_sink(self));
}

bool gst_heapsel_allocator_made(GstHeapselAllocator* self, std::uint64_t inode) {
    return self->priv->ledger->has(inode);
}

heapsel::Result<heapsel::BufferPool> gst_heapsel_allocator_frames(GstHeapselAllocator* self,
                                                                  heapsel::PoolOptions options) {
    const auto heaps = heaps_of(self);
    if (!heaps)
        return std::unexpected(heaps.error());
    options.name = std::format("{}-{}", self->priv->name, self->priv->serial++);
    auto make = [heaps = *heaps, ledger = self->priv->ledger](std::size_t size,
                                                              std::string_view name) {
        return heaps->allocate(size, name).and_then([&](heapsel::Buffer&& buffer) {
            return ledger->enter(std::move(buffer));
        });
    };
    return heapsel::BufferPool::create(std::move(make), std::move(options));
}

GstMemory* gst_heapsel_allocator_wrap(GstHeapselAllocator* self, int fd, gsize size) {
    const int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return nullptr;
    return gst_dmabuf_allocator_alloc_with_flags(GST_ALLOCATOR_CAST(self), own, size,
                                                 GST_FD_MEMORY_FLAG_KEEP_MAPPED);
}

void gst_heapsel_allocator_fail(GstHeapselAllocator* self, const heapsel::Error& error) {
    GST_CAT_ERROR_OBJECT(gst_heapsel_allocator_debug, self, "%s", error.message().c_str());
    g_signal_emit(self, signals[signal_allocation_failed], 0, error.code, error.message().c_str());
}

void gst_heapsel_allocator_wait(GstHeapselAllocator* self, const heapsel::Error& error) {
    GST_CAT_WARNING_OBJECT(gst_heapsel_allocator_performance, self, "%s", error.message().c_str());
    g_signal_emit(self, signals[signal_allocation_waits], 0, error.code, error.message().c_str());
}

void gst_heapsel_allocator_describe_use(GstHeapselAllocator* self, GValue* value) {
    g_value_init(value, GST_TYPE_LIST);
    for (const auto& [heap, use] : self->priv->ledger->use()) {
        GValue item = G_VALUE_INIT;
        g_value_init(&item, GST_TYPE_STRUCTURE);
        g_value_take_boxed(&item, gst_structure_new("heap", "name", G_TYPE_STRING,
                                                    heapsel::printable(heap).c_str(), "buffers",
                                                    G_TYPE_UINT, use.buffers, "bytes",
                                                    G_TYPE_UINT64, guint64{use.bytes}, nullptr));
        gst_value_list_append_and_take_value(value, &item);
    }
}
