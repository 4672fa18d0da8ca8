// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "gstheapselallocator.h"

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL_POOL (gst_heapsel_pool_get_type())
G_DECLARE_FINAL_TYPE(GstHeapselPool, gst_heapsel_pool, GST, HEAPSEL_POOL, GstBufferPool)

G_END_DECLS

/// A pool of pictures in one dma-buf each, from `allocator` whatever allocator its configuration
/// names. `align` is what the reader of the buffers asked for; all zeros if nothing. Transfer full.
GstBufferPool* gst_heapsel_pool_new(GstHeapselAllocator* allocator, const GstVideoAlignment& align);
