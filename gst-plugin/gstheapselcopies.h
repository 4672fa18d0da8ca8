// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gst/gsttracer.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL_COPIES (gst_heapsel_copies_get_type())
G_DECLARE_FINAL_TYPE(GstHeapselCopies, gst_heapsel_copies, GST, HEAPSEL_COPIES, GstTracer)

G_END_DECLS
