// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselelement.h"

static gboolean plugin_init(GstPlugin* plugin) {
    return GST_ELEMENT_REGISTER(heapsel, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, heapsel, "dma-buf heap selection",
                  plugin_init, PACKAGE_VERSION, "LGPL", "heapsel", "heapsel")
