// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAPSEL (gst_heapsel_get_type())
G_DECLARE_FINAL_TYPE(GstHeapsel, gst_heapsel, GST, HEAPSEL, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(heapsel)

G_END_DECLS
