// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:gstheapselallocator
 * @title: GstHeapselAllocator
 * @short_description: dma-bufs from the heaps that libheapsel selected
 * @see_also: #GstDmaBufAllocator
 *
 * A #GstDmaBufAllocator that can also allocate. CPU access is kept coherent by its parent, which
 * brackets every gst_memory_map() with DMA_BUF_IOCTL_SYNC.
 */
#include "gstheapselallocator.h"

#include <atomic>
#include <cerrno>
#include <compare>
#include <format>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_allocator_debug);

struct GstHeapselAllocatorPrivate {
    struct Identity {
        dev_t device;
        ino_t inode;
        auto operator<=>(const Identity&) const = default;
    };

    struct Allocated {
        std::string heap;
        gsize size;
    };

    GstHeapselAllocatorPrivate(heapsel::Allocator allocator, const char* prefix)
        : heaps(std::move(allocator)), name(prefix) {}

    const heapsel::Allocator heaps;
    const std::string name;
    std::atomic<unsigned> serial = 0;
    std::mutex lock;
    std::map<Identity, Allocated> allocated; // under lock
};

using Identity = GstHeapselAllocatorPrivate::Identity;

struct _GstHeapselAllocator {
    GstDmaBufAllocator parent;
    GstHeapselAllocatorPrivate* priv;
};

enum { signal_allocation_failed, signal_count };
static guint signals[signal_count];

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapselAllocator, gst_heapsel_allocator, GST_TYPE_DMABUF_ALLOCATOR,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_allocator_debug,
                                                      "heapselallocator", 0,
                                                      "allocator over dma-buf heaps"))

static bool identify(int fd, Identity& identity) {
    struct stat status{};
    if (fstat(fd, &status) != 0)
        return false;
    identity = {status.st_dev, status.st_ino};
    return true;
}

static void fail(GstHeapselAllocator* self, int code, const std::string& message) {
    GST_CAT_ERROR_OBJECT(gst_heapsel_allocator_debug, self, "%s", message.c_str());
    g_signal_emit(self, signals[signal_allocation_failed], 0, code, message.c_str());
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

static bool remember(GstHeapselAllocator* self, const heapsel::Buffer& buffer) {
    Identity identity{};
    if (!identify(buffer.fd(), identity))
        return false;
    const std::scoped_lock guard(self->priv->lock);
    self->priv->allocated[identity] = {buffer.heap(), buffer.size()};
    return true;
}

static GstMemory* gst_heapsel_allocator_alloc(GstAllocator* allocator, gsize size,
                                              GstAllocationParams* params) {
    auto* self = GST_HEAPSEL_ALLOCATOR(allocator);
    const GstAllocationParams wanted = params != nullptr ? *params : GstAllocationParams{};
    const gsize total = total_size(size, wanted);
    if (total == 0) {
        fail(self, EINVAL,
             std::format("cannot allocate {} bytes (prefix {}, padding {}, alignment mask {}): the "
                         "length is zero or too large, or the alignment exceeds a page",
                         size, wanted.prefix, wanted.padding, wanted.align));
        return nullptr;
    }

    const std::string name = std::format("{}-{}", self->priv->name, self->priv->serial++);
    auto buffer = self->priv->heaps.allocate(total, name);
    if (!buffer) {
        fail(self, buffer.error().code, buffer.error().message());
        return nullptr;
    }
    if (!remember(self, *buffer)) {
        fail(self, errno,
             std::format("cannot identify the dma-buf {}: {}", name, g_strerror(errno)));
        return nullptr;
    }
    GST_CAT_DEBUG_OBJECT(gst_heapsel_allocator_debug, self, "%s: %" G_GSIZE_FORMAT " bytes from %s",
                         name.c_str(), total, buffer->heap().c_str());

    // Heaps zero what they hand out, so the flags that ask for a zeroed prefix or padding hold.
    GstMemory* memory = gst_dmabuf_allocator_alloc_with_flags(
        allocator, buffer->release().release(), total, GST_FD_MEMORY_FLAG_KEEP_MAPPED);
    memory->align = wanted.align;
    memory->offset = wanted.prefix;
    memory->size = size;
    return memory;
}

static void gst_heapsel_allocator_free(GstAllocator* allocator, GstMemory* memory) {
    auto* self = GST_HEAPSEL_ALLOCATOR(allocator);
    Identity identity{};
    if (memory->parent == nullptr && identify(gst_dmabuf_memory_get_fd(memory), identity)) {
        const std::scoped_lock guard(self->priv->lock);
        self->priv->allocated.erase(identity);
    }
    GST_ALLOCATOR_CLASS(gst_heapsel_allocator_parent_class)->free(allocator, memory);
}

static void gst_heapsel_allocator_finalize(GObject* object) {
    delete GST_HEAPSEL_ALLOCATOR(object)->priv;
    G_OBJECT_CLASS(gst_heapsel_allocator_parent_class)->finalize(object);
}

static void gst_heapsel_allocator_class_init(GstHeapselAllocatorClass* klass) {
    G_OBJECT_CLASS(klass)->finalize = gst_heapsel_allocator_finalize;
    GST_ALLOCATOR_CLASS(klass)->alloc = gst_heapsel_allocator_alloc;
    GST_ALLOCATOR_CLASS(klass)->free = gst_heapsel_allocator_free;

    /**
     * GstHeapselAllocator::allocation-failed:
     * @allocator: the allocator
     * @code: the errno value
     * @message: what failed, why, and what to do about it
     *
     * A buffer could not be allocated. Emitted in the thread that asked for it, with no lock held.
     */
    signals[signal_allocation_failed] =
        g_signal_new("allocation-failed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr,
                     nullptr, nullptr, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void gst_heapsel_allocator_init(GstHeapselAllocator* self) {
    // The parent only wraps descriptors; this class has an alloc() of its own.
    GST_OBJECT_FLAG_UNSET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

GstAllocator* gst_heapsel_allocator_new(heapsel::Allocator heaps, const char* name) {
    auto* self =
        static_cast<GstHeapselAllocator*>(g_object_new(GST_TYPE_HEAPSEL_ALLOCATOR, nullptr));
    self->priv = new GstHeapselAllocatorPrivate(std::move(heaps), name);
    return GST_ALLOCATOR(gst_object_ref_sink(self));
}

bool gst_heapsel_allocator_owns(GstHeapselAllocator* self, GstMemory* memory) {
    if (memory->allocator == GST_ALLOCATOR_CAST(self))
        return true;
    Identity identity{};
    if (!gst_is_dmabuf_memory(memory) || !identify(gst_dmabuf_memory_get_fd(memory), identity))
        return false;
    const std::scoped_lock guard(self->priv->lock);
    return self->priv->allocated.contains(identity);
}

void gst_heapsel_allocator_describe_use(GstHeapselAllocator* self, GValue* value) {
    std::map<std::string, std::pair<guint, guint64>> use;
    {
        const std::scoped_lock guard(self->priv->lock);
        for (const auto& [identity, buffer] : self->priv->allocated) {
            auto& [buffers, bytes] = use[buffer.heap];
            buffers += 1;
            bytes += buffer.size;
        }
    }
    g_value_init(value, GST_TYPE_LIST);
    for (const auto& [heap, amount] : use) {
        GValue item = G_VALUE_INIT;
        g_value_init(&item, GST_TYPE_STRUCTURE);
        g_value_take_boxed(&item, gst_structure_new("heap", "name", G_TYPE_STRING, heap.c_str(),
                                                    "buffers", G_TYPE_UINT, amount.first, "bytes",
                                                    G_TYPE_UINT64, amount.second, nullptr));
        gst_value_list_append_and_take_value(value, &item);
    }
}
