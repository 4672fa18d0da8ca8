#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# GStreamer keeps the names of elements, tracers and all other features in one list. A plugin that registers
# a tracer under the name of one of its elements succeeds with both, and without a word; then the element is
# gone: asked for, it is made, and it is a tracer.
. "$(dirname "$0")/common.sh"

unpack gstreamer amd64 gstreamer1.0-tools=1.26.2-2 libgstreamer1.0-dev=1.26.2-2 gcc=4:14.2.0-1 libc6-dev=2.41-12+deb13u5 \
    pkgconf=1.8.1-4

# A plugin with an element "both" and a tracer that is called TRACER.
cat >plugin.c <<'END'
#define GST_USE_UNSTABLE_API
#include <gst/gst.h>
#include <gst/gsttracer.h>

typedef GstElement Both;
typedef GstElementClass BothClass;
G_DEFINE_TYPE(Both, both, GST_TYPE_ELEMENT)
static void both_init(Both *self) { }
static void both_class_init(BothClass *klass)
{
    gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "Both", "Generic", "Does nothing", "Nobody");
}

typedef GstTracer Watcher;
typedef GstTracerClass WatcherClass;
G_DEFINE_TYPE(Watcher, watcher, GST_TYPE_TRACER)
static void watcher_init(Watcher *self) { }
static void watcher_class_init(WatcherClass *klass) { }

static gboolean init(GstPlugin *plugin)
{
    gboolean element = gst_element_register(plugin, "both", GST_RANK_NONE, both_get_type());
    gboolean tracer = gst_tracer_register(plugin, TRACER, watcher_get_type());
    g_print("registered %d %d\n", element, tracer);
    return element && tracer;
}
#define PACKAGE "both"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, both, "Both", init, "1", "LGPL", "both", "https://both.invalid/")
END

# say TRACER: what GStreamer makes of the element "both" of such a plugin.
say() {
    mkdir -p "$1"
    # shellcheck disable=SC2016 # the shell inside fills it in
    inside gstreamer sh -c 'gcc -shared -fPIC -DTRACER="\"$1\"" -o "$1/libgstboth.so" plugin.c \
        $(pkgconf --cflags --libs gstreamer-1.0) && GST_PLUGIN_PATH=$PWD/$1 GST_PLUGIN_SYSTEM_PATH= \
        GST_REGISTRY=/tmp/registry gst-inspect-1.0 both' sh "$1" >"$1/said" 2>"$1/errors" || true
    grep -o '^registered .*' "$1/said" | head -n 1 >"$1/registered" || true
}
# kind TRACER: which of the two types the "element" is derived from.
kind() { grep -o '+----Gst\(Element\|Tracer\)$' "$1/said" | tail -n 1 | sed 's/.*----//'; }

inside gstreamer gst-inspect-1.0 --version 2>/dev/null | grep GStreamer
say another
say both
[ -s both/said ] || { cat both/errors; exit 2; }
compare 'the element "both", beside a tracer "another"' GstElement GstElement "$(kind another)"
compare 'both are registered, the tracer as "both", too' 'registered 1 1' 'registered 1 1' "$(cat both/registered)"
compare 'the element "both", beside a tracer "both"' 'GstElement, or an error' GstTracer "$(kind both)"
conclude
