// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/allocators/gstdmabuf.h>

#include <heapsel/allocator.hpp>

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL_ALLOCATOR (gst_heapsel_allocator_get_type())
G_DECLARE_FINAL_TYPE(GstHeapselAllocator, gst_heapsel_allocator, GST, HEAPSEL_ALLOCATOR,
                     GstDmaBufAllocator)

G_END_DECLS

/// Takes over `heaps`; each dma-buf is called `name` and a serial number. Transfer full.
GstAllocator* gst_heapsel_allocator_new(heapsel::Allocator heaps, const char* name);

/// `memory` is a dma-buf that this allocator made and still keeps, whoever wrapped it last. The
/// dma-bufs are told apart by their inodes, which the kernel does not use twice.
bool gst_heapsel_allocator_owns(GstHeapselAllocator* self, GstMemory* memory);

/// A GST_TYPE_LIST of structures `heap` with `name`, `buffers`, `bytes`: what is allocated now, by
/// heap. Fills the unset `value`.
void gst_heapsel_allocator_describe_use(GstHeapselAllocator* self, GValue* value);
