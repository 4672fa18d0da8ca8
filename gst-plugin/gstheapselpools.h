// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gst/gsttracer.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL_POOLS_TRACER (gst_heapsel_pools_tracer_get_type())
G_DECLARE_FINAL_TYPE(GstHeapselPoolsTracer, gst_heapsel_pools_tracer, GST, HEAPSEL_POOLS_TRACER,
                     GstTracer)

G_END_DECLS
