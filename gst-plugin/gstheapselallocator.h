// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>

#include <gst/allocators/gstdmabuf.h>

#include <heapsel/allocator.hpp>
#include <heapsel/buffer_pool.hpp>

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL_ALLOCATOR (gst_heapsel_allocator_get_type())
G_DECLARE_FINAL_TYPE(GstHeapselAllocator, gst_heapsel_allocator, GST, HEAPSEL_ALLOCATOR,
                     GstDmaBufAllocator)

G_END_DECLS

/// Each dma-buf is called `name` and a serial number. Transfer full.
GstAllocator* gst_heapsel_allocator_new(heapsel::Allocator heaps, const char* name);

/// The dma-buf with this inode is one that this allocator made, and that is still there.
[[nodiscard]] bool gst_heapsel_allocator_made(GstHeapselAllocator* self, std::uint64_t inode);

/// Frames in dma-bufs that count as this allocator's own. As of heapsel::BufferPool::create(). The
/// frames keep the allocator's heaps open, and may outlive it.
[[nodiscard]] heapsel::Result<heapsel::BufferPool>
gst_heapsel_allocator_frames(GstHeapselAllocator* self, heapsel::PoolOptions options);

/// `size` bytes of the dma-buf `fd`, which is duplicated, as a memory of this allocator, beginning
/// at its first byte. Transfer full; null if there is no descriptor left.
[[nodiscard]] GstMemory* gst_heapsel_allocator_wrap(GstHeapselAllocator* self, int fd, gsize size);

/// Emits GstHeapselAllocator::allocation-failed.
void gst_heapsel_allocator_fail(GstHeapselAllocator* self, const heapsel::Error& error);
/// Emits GstHeapselAllocator::allocation-waits.
void gst_heapsel_allocator_wait(GstHeapselAllocator* self, const heapsel::Error& error);

/// A GST_TYPE_LIST of structures `heap` with `name`, `buffers`, `bytes`: what is allocated now, by
/// heap. Fills the unset `value`.
void gst_heapsel_allocator_describe_use(GstHeapselAllocator* self, GValue* value);
