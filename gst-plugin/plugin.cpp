// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselallocator.h"
#include "gstheapselcopies.h"
#include "gstheapselelement.h"
#include "gstheapselpools.h"

static gboolean plugin_init(GstPlugin* plugin) {
    gst_allocator_register("heapsel", GST_ALLOCATOR(gst_object_ref_sink(
                                          g_object_new(GST_TYPE_HEAPSEL_ALLOCATOR, nullptr))));
    // GStreamer keeps one list of names for elements and tracers.
    return GST_ELEMENT_REGISTER(heapsel, plugin) &&
           gst_tracer_register(plugin, "heapsel-pools", GST_TYPE_HEAPSEL_POOLS_TRACER) &&
           gst_tracer_register(plugin, "heapsel-copies", GST_TYPE_HEAPSEL_COPIES);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, heapsel, "dma-buf heap selection",
                  plugin_init, PACKAGE_VERSION, "LGPL", "heapsel", PACKAGE_ORIGIN)
