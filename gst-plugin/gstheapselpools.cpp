// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:tracer-heapsel-pools
 * @short_description: gives applications that nobody can change memory from the selected heap
 *
 * Does what the element `heapsel` does, in every pipeline of a process, without being in one: it
 * answers the ALLOCATION queries of all elements that fill raw video buffers, also within playbin
 * and decodebin, and has V4L2 decoders and sources import what they are offered
 * (`capture-io-mode`, `io-mode`), unless the application sets that itself later.
 *
 * |[
 * GST_TRACERS='heapsel-pools(require=contiguous,prefer="non-ecc,cached")' gst-play-1.0 clip.mp4
 * ]|
 *
 * The parameters are the properties of the element that decide the heap: `require`, `prefer`,
 * `heap`, `devices`, `fallback`, `max-buffers`. With `import=false`, io-modes are left alone. A
 * wish that nothing meets, and a parameter that there is not, are a warning, and nothing is done.
 */
#include "gstheapselpools.h"

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/printable.hpp>

#include "gstheapselneighbours.h"
#include "gstheapselsession.h"

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_pools_tracer_debug);

struct GstHeapselPoolsTracerPrivate {
    gstheapsel::Wishes wishes;
    bool import = true;
    std::mutex lock; ///< Queries of several pads may come at a time, of one they do not.
};

struct _GstHeapselPoolsTracer {
    GstTracer parent;
    GstHeapselPoolsTracerPrivate* priv;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapselPoolsTracer, gst_heapsel_pools_tracer, GST_TYPE_TRACER,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_pools_tracer_debug,
                                                      "heapselpools", 0,
                                                      "heaps for unchanged applications"))

using gstheapsel::Session;

/// The session of the buffers that arrive at `pad`; started at first. Null if that fails.
static Session* session_of(GstHeapselPoolsTracer* self, GstPad* pad) {
    static const GQuark quark = g_quark_from_static_string("heapsel-session");
    const std::scoped_lock guard(self->priv->lock);
    auto* session = static_cast<Session*>(g_object_get_qdata(G_OBJECT(pad), quark));
    if (session != nullptr)
        return session;
    auto started = std::make_unique<Session>();
    if (const auto done = started->start(self->priv->wishes, GST_OBJECT_NAME(pad)); !done) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_pools_tracer_debug, pad, "%s",
                               done.error().message().c_str());
        return nullptr;
    }
    session = started.release();
    g_object_set_qdata_full(G_OBJECT(pad), quark, session,
                            [](gpointer old) { delete static_cast<Session*>(old); });
    return session;
}

static bool offers_ours(GstQuery* query) {
    if (gst_query_get_n_allocation_params(query) == 0)
        return false;
    GstAllocator* allocator = nullptr;
    gst_query_parse_nth_allocation_param(query, 0, &allocator, nullptr);
    const bool ours = allocator != nullptr && GST_IS_HEAPSEL_ALLOCATOR(allocator);
    gst_clear_object(&allocator);
    return ours;
}

/// Answers for the first pad behind the element that fills the buffers.
static void on_pad_query(GstHeapselPoolsTracer* self, GstClockTime, GstPad* pad, GstQuery* query,
                         gboolean) {
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION || GST_IS_PROXY_PAD(pad) ||
        !GST_PAD_IS_SINK(pad) || offers_ours(query))
        return;
    const auto source = gstheapsel::real_peer(pad);
    gstheapsel::Ref<GstElement> element(source ? gst_pad_get_parent_element(source.get())
                                               : nullptr);
    if (!element || gstheapsel::passes_on(element.get()))
        return;
    Session* const session = session_of(self, pad);
    if (session == nullptr)
        return;
    const auto outcome =
        session->answer(query, gstheapsel::fillers_of(pad), gstheapsel::readers_of(source.get()));
    for (const std::string& warning : outcome.warnings)
        GST_CAT_WARNING_OBJECT(gst_heapsel_pools_tracer_debug, pad, "%s", warning.c_str());
    if (outcome.error)
        GST_CAT_WARNING_OBJECT(gst_heapsel_pools_tracer_debug, pad, "%s",
                               outcome.error->message().c_str());
    else if (!outcome.answer.answered)
        GST_CAT_INFO_OBJECT(gst_heapsel_pools_tracer_debug, pad, "offering no pool: %s",
                            outcome.answer.reason.c_str());
    else
        GST_CAT_INFO_OBJECT(gst_heapsel_pools_tracer_debug, pad, "%s fills buffers in heap %s",
                            GST_OBJECT_NAME(element.get()),
                            heapsel::printable(session->selection().heap()->name).c_str());
}

static bool has_mode(GstElement* element, const char* property) {
    const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), property);
    return spec != nullptr && G_IS_PARAM_SPEC_ENUM(spec) &&
           g_enum_get_value_by_nick(G_PARAM_SPEC_ENUM(spec)->enum_class, "dmabuf-import") !=
               nullptr;
}

/// Decoders and converters have a mode for each side, sources one.
static void on_element_new(GstHeapselPoolsTracer* self, GstClockTime, GstElement* element) {
    if (!self->priv->import)
        return;
    constexpr std::array modes{"capture-io-mode", "io-mode"};
    for (const char* mode : modes) {
        const bool fills =
            std::string_view(mode) == "capture-io-mode" ||
            gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(element), "sink") == nullptr;
        if (fills && has_mode(element, mode)) {
            gst_util_set_object_arg(G_OBJECT(element), mode, "dmabuf-import");
            return;
        }
    }
}

static void warn(const std::string& message) {
    g_warning("tracer heapsel-pools: %s", message.c_str());
}

/// False for one that there is not.
static gboolean read_parameter(GQuark field, const GValue* value, gpointer user_data) {
    auto& priv = *static_cast<GstHeapselPoolsTracerPrivate*>(user_data);
    const std::string name = g_quark_to_string(field);
    const std::string text = [&] {
        gchar* serialized =
            G_VALUE_HOLDS_STRING(value) ? g_value_dup_string(value) : gst_value_serialize(value);
        std::string copy = serialized != nullptr ? serialized : "";
        g_free(serialized);
        return copy;
    }();
    gstheapsel::Wishes& wishes = priv.wishes;
    const std::array words{std::pair{"require", &wishes.require},
                           std::pair{"prefer", &wishes.prefer}, std::pair{"heap", &wishes.heap},
                           std::pair{"devices", &wishes.devices},
                           std::pair{"fallback", &wishes.fallback}};
    for (const auto& [word, wish] : words) {
        if (name == word) {
            *wish = text;
            return TRUE;
        }
    }
    if (name == "import" && (text == "true" || text == "false"))
        priv.import = text == "true";
    else if (name == "max-buffers" && G_VALUE_HOLDS_INT(value) && g_value_get_int(value) >= 0)
        wishes.max_buffers = static_cast<unsigned>(g_value_get_int(value));
    else
        return FALSE;
    return TRUE;
}

/// False, after a warning, if they cannot be read.
static bool read_parameters(GstHeapselPoolsTracer* self) {
    gchar* given = nullptr;
    g_object_get(self, "params", &given, nullptr);
    if (given == nullptr)
        return true;
    const std::string text = std::string("heapsel,") + given;
    g_free(given);
    const std::unique_ptr<GstStructure, void (*)(GstStructure*)> parameters(
        gst_structure_from_string(text.c_str(), nullptr), gst_structure_free);
    if (!parameters || !gst_structure_foreach(parameters.get(), read_parameter, self->priv)) {
        warn("cannot read the parameters '" + text.substr(8) +
             "'. There are require, prefer, heap, devices, fallback (put what has commas into "
             "quotes), max-buffers, import.");
        return false;
    }
    return true;
}

static void gst_heapsel_pools_tracer_constructed(GObject* object) {
    auto* self = GST_HEAPSEL_POOLS_TRACER(object);
    G_OBJECT_CLASS(gst_heapsel_pools_tracer_parent_class)->constructed(object);
    if (!read_parameters(self))
        return;
    // A wish that nothing meets is told now, and not for each pad.
    if (const auto selection = gstheapsel::select_heap(self->priv->wishes); !selection) {
        warn(selection.error().message());
        return;
    }
    gst_tracing_register_hook(GST_TRACER(self), "element-new", G_CALLBACK(on_element_new));
    gst_tracing_register_hook(GST_TRACER(self), "pad-query-post", G_CALLBACK(on_pad_query));
}

static void gst_heapsel_pools_tracer_finalize(GObject* object) {
    delete GST_HEAPSEL_POOLS_TRACER(object)->priv;
    G_OBJECT_CLASS(gst_heapsel_pools_tracer_parent_class)->finalize(object);
}

static void gst_heapsel_pools_tracer_class_init(GstHeapselPoolsTracerClass* klass) {
    G_OBJECT_CLASS(klass)->constructed = gst_heapsel_pools_tracer_constructed;
    G_OBJECT_CLASS(klass)->finalize = gst_heapsel_pools_tracer_finalize;
}

static void gst_heapsel_pools_tracer_init(GstHeapselPoolsTracer* self) {
    self->priv = new GstHeapselPoolsTracerPrivate;
}
