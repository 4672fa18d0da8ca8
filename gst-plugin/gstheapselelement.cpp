// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:element-heapsel
 * @title: heapsel
 * @short_description: makes upstream allocate from the dma-buf heap that suits the pipeline
 *
 * Passes video through and answers the ALLOCATION query of the element before it with a pool of
 * dma-bufs. The heap is the one that libheapsel selects from #GstHeapsel:require,
 * #GstHeapsel:prefer, #GstHeapsel:heap and #GstHeapsel:consumers when the element starts, so that a
 * wish that nothing meets fails the pipeline before the first frame. Place it between the element
 * that fills the buffers and the one that reads them.
 *
 * The three counters look at the memory of each buffer that arrives:
 *
 * * #GstHeapsel:buffers-own: all of it are dma-bufs from this element's pool or allocator. They are
 *   recognised by the inode of the dma-buf, so one that an element wrapped anew still counts.
 * * #GstHeapsel:buffers-foreign: all of it are dma-bufs, but not all from here: upstream has an
 *   allocator of its own. No copy follows, and the heap is not the selected one.
 * * #GstHeapsel:buffers-copied: some of it is no dma-buf. A device downstream can only read it
 *   after a copy.
 *
 * They say where memory comes from. A copy that upstream makes into a buffer of this pool, or that
 * the sink makes because it cannot import one, is not visible here.
 *
 * The first buffer that is not from here is a warning, and with #GstHeapsel:strict an error.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -v filesrc location=clip ! gdpdepay ! \
 *   v4l2fwhtdec capture-io-mode=dmabuf-import ! \
 *   heapsel require=contiguous prefer=non-ecc ! kmssink driver-name=vkms
 * ]| Decodes into contiguous memory, without error correction if there is such, and shows it
 * without a copy.
 */
#include "gstheapselelement.h"

#include <string>
#include <utility>

#include <gst/video/video.h>

#include "gstheapselallocation.h"
#include "gstheapselallocator.h"
#include "gstheapselcensus.h"
#include "gstheapselreport.h"
#include "gstheapselselection.h"

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_debug);
#define GST_CAT_DEFAULT gst_heapsel_debug

using gstheapsel::Origin;

struct GstHeapselPrivate {
    // Under the object lock.
    gstheapsel::Wishes wishes;
    bool strict = false;
    gstheapsel::Choice choice;
    gstheapsel::Negotiation negotiation;
    GstAllocator* allocator = nullptr;

    gstheapsel::Census census;
    bool complained = false; // Streaming thread only.
};

struct _GstHeapsel {
    GstBaseTransform parent;
    GstHeapselPrivate* priv;
};

enum Property {
    PROP_REQUIRE = 1,
    PROP_PREFER,
    PROP_HEAP,
    PROP_CONSUMERS,
    PROP_STRICT,
    PROP_SELECTED_HEAP,
    PROP_REASON,
    PROP_BUFFERS_OWN,
    PROP_BUFFERS_FOREIGN,
    PROP_BUFFERS_COPIED,
    PROP_STATS,
    PROP_COUNT
};
static GParamSpec* properties[PROP_COUNT];

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(ANY)"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(ANY)"));

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapsel, gst_heapsel, GST_TYPE_BASE_TRANSFORM,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_debug, "heapsel", 0,
                                                      "dma-buf heap selection"))
GST_ELEMENT_REGISTER_DEFINE(heapsel, "heapsel", GST_RANK_NONE, GST_TYPE_HEAPSEL)

/// The allocator of the running element, or null. Transfer full.
static GstHeapselAllocator* get_allocator(GstHeapsel* self) {
    GST_OBJECT_LOCK(self);
    GstAllocator* allocator = self->priv->allocator;
    if (allocator != nullptr)
        gst_object_ref(allocator);
    GST_OBJECT_UNLOCK(self);
    return reinterpret_cast<GstHeapselAllocator*>(allocator);
}

static void on_allocation_failed(GstAllocator*, gint code, const gchar* message, GstHeapsel* self) {
    gstheapsel::post_error(GST_ELEMENT_CAST(self), code, message);
}

/// Transfer full.
static GstStructure* make_stats(GstHeapsel* self) {
    GST_OBJECT_LOCK(self);
    const std::string heap = self->priv->choice.heap;
    GST_OBJECT_UNLOCK(self);
    GstHeapselAllocator* allocator = get_allocator(self);
    GstStructure* stats = gstheapsel::stats_structure(heap, self->priv->census, allocator);
    gst_clear_object(&allocator);
    return stats;
}

/// `structure` is taken.
static void post_element_message(GstHeapsel* self, GstStructure* structure) {
    gst_element_post_message(GST_ELEMENT_CAST(self),
                             gst_message_new_element(GST_OBJECT_CAST(self), structure));
}

/// `allocator` is taken.
static void adopt(GstHeapsel* self, gstheapsel::Choice choice, GstAllocator* allocator) {
    for (const std::string& verdict : choice.verdicts)
        GST_INFO_OBJECT(self, "%s", verdict.c_str());

    GST_OBJECT_LOCK(self);
    self->priv->choice = std::move(choice);
    self->priv->negotiation = {};
    self->priv->allocator = allocator;
    GST_OBJECT_UNLOCK(self);
    self->priv->census.reset();
    self->priv->complained = false;

    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_SELECTED_HEAP]);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_REASON]);
}

static bool fail_start(GstHeapsel* self, const heapsel::Error& error) {
    gstheapsel::post_error(GST_ELEMENT_CAST(self), error.code, error.message().c_str());
    return false;
}

static gboolean gst_heapsel_start(GstBaseTransform* trans) {
    auto* self = GST_HEAPSEL(trans);
    GST_OBJECT_LOCK(self);
    const gstheapsel::Wishes wishes = self->priv->wishes;
    GST_OBJECT_UNLOCK(self);

    const auto selection = gstheapsel::select_heap(wishes);
    if (!selection)
        return fail_start(self, selection.error());
    auto heaps = heapsel::Allocator::create(*selection);
    if (!heaps)
        return fail_start(self, heaps.error());

    GstAllocator* allocator = gst_heapsel_allocator_new(std::move(*heaps), GST_OBJECT_NAME(self));
    // Pools and buffers may outlive this element; the connection must not.
    g_signal_connect_object(allocator, "allocation-failed", G_CALLBACK(on_allocation_failed), self,
                            static_cast<GConnectFlags>(0));
    adopt(self, gstheapsel::describe(*selection), allocator);
    return TRUE;
}

static gboolean gst_heapsel_stop(GstBaseTransform* trans) {
    auto* self = GST_HEAPSEL(trans);
    GST_OBJECT_LOCK(self);
    GstAllocator* allocator = std::exchange(self->priv->allocator, nullptr);
    GST_OBJECT_UNLOCK(self);
    if (allocator != nullptr) {
        g_signal_handlers_disconnect_by_data(allocator, self);
        gst_object_unref(allocator);
    }
    return TRUE;
}

static gboolean gst_heapsel_propose_allocation(GstBaseTransform* trans, GstQuery* decide_query,
                                               GstQuery* query) {
    auto* self = GST_HEAPSEL(trans);
    GstCaps* caps = nullptr;
    gst_query_parse_allocation(query, &caps, nullptr);
    if (caps == nullptr)
        return FALSE;

    GstHeapselAllocator* allocator = get_allocator(self);
    if (allocator == nullptr)
        return FALSE;
    // Downstream may have nothing to say, which is no reason not to answer.
    const gboolean downstream = GST_BASE_TRANSFORM_CLASS(gst_heapsel_parent_class)
                                    ->propose_allocation(trans, decide_query, query);
    const auto answer = gstheapsel::answer_allocation(query, allocator);
    gst_object_unref(allocator);

    GST_OBJECT_LOCK(self);
    self->priv->negotiation = {true, answer.answered, answer.reason};
    const gstheapsel::Choice choice = self->priv->choice;
    GST_OBJECT_UNLOCK(self);
    if (answer.answered) {
        post_element_message(self, gstheapsel::selection_structure(choice, caps, answer));
        return TRUE;
    }
    GST_WARNING_OBJECT(self, "offering no pool for %" GST_PTR_FORMAT ": %s",
                       static_cast<void*>(caps), answer.reason.c_str());
    return answer.valid ? downstream : FALSE;
}

static GstFlowReturn complain(GstHeapsel* self, Origin origin) {
    GST_OBJECT_LOCK(self);
    const bool strict = self->priv->strict;
    const std::string heap = self->priv->choice.heap;
    const gstheapsel::Negotiation negotiation = self->priv->negotiation;
    GST_OBJECT_UNLOCK(self);
    if (!strict && self->priv->complained)
        return GST_FLOW_OK;

    self->priv->complained = true;
    const std::string message =
        gstheapsel::explain(origin, negotiation, heap, GST_BASE_TRANSFORM_SINK_PAD(self));
    if (!strict) {
        GST_ELEMENT_WARNING(self, RESOURCE, SETTINGS, ("%s", message.c_str()), (nullptr));
        return GST_FLOW_OK;
    }
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", message.c_str()), (nullptr));
    return GST_FLOW_ERROR;
}

static GstFlowReturn gst_heapsel_transform_ip(GstBaseTransform* trans, GstBuffer* buffer) {
    auto* self = GST_HEAPSEL(trans);
    GstHeapselAllocator* allocator = get_allocator(self);
    if (allocator == nullptr)
        return GST_FLOW_FLUSHING;
    const Origin origin = gstheapsel::origin_of(buffer, allocator);
    gst_object_unref(allocator);

    self->priv->census.count(origin);
    if (origin == Origin::own || origin == Origin::none)
        return GST_FLOW_OK;
    return complain(self, origin);
}

static gboolean gst_heapsel_sink_event(GstBaseTransform* trans, GstEvent* event) {
    auto* self = GST_HEAPSEL(trans);
    if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
        post_element_message(self, make_stats(self));
    return GST_BASE_TRANSFORM_CLASS(gst_heapsel_parent_class)->sink_event(trans, event);
}

/// The wish that a writable string property stands for.
static std::string& wish(GstHeapsel* self, guint id) {
    switch (id) {
    case PROP_REQUIRE:
        return self->priv->wishes.require;
    case PROP_PREFER:
        return self->priv->wishes.prefer;
    case PROP_HEAP:
        return self->priv->wishes.heap;
    default:
        return self->priv->wishes.consumers;
    }
}

static void gst_heapsel_set_property(GObject* object, guint id, const GValue* value,
                                     GParamSpec* spec) {
    auto* self = GST_HEAPSEL(object);
    const gchar* text = nullptr;
    switch (id) {
    case PROP_REQUIRE:
    case PROP_PREFER:
    case PROP_HEAP:
    case PROP_CONSUMERS:
        text = g_value_get_string(value);
        GST_OBJECT_LOCK(self);
        wish(self, id) = text != nullptr ? text : "";
        GST_OBJECT_UNLOCK(self);
        break;
    case PROP_STRICT:
        GST_OBJECT_LOCK(self);
        self->priv->strict = g_value_get_boolean(value);
        GST_OBJECT_UNLOCK(self);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void get_string(GstHeapsel* self, const std::string& text, GValue* value) {
    GST_OBJECT_LOCK(self);
    g_value_set_string(value, text.empty() ? nullptr : text.c_str());
    GST_OBJECT_UNLOCK(self);
}

static void gst_heapsel_get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    auto* self = GST_HEAPSEL(object);
    const GstHeapselPrivate& priv = *self->priv;
    switch (id) {
    case PROP_REQUIRE:
    case PROP_PREFER:
    case PROP_HEAP:
    case PROP_CONSUMERS:
        get_string(self, wish(self, id), value);
        break;
    case PROP_STRICT:
        GST_OBJECT_LOCK(self);
        g_value_set_boolean(value, priv.strict);
        GST_OBJECT_UNLOCK(self);
        break;
    case PROP_SELECTED_HEAP:
        get_string(self, priv.choice.heap, value);
        break;
    case PROP_REASON:
        get_string(self, priv.choice.reason, value);
        break;
    case PROP_BUFFERS_OWN:
        g_value_set_uint64(value, priv.census.own);
        break;
    case PROP_BUFFERS_FOREIGN:
        g_value_set_uint64(value, priv.census.foreign);
        break;
    case PROP_BUFFERS_COPIED:
        g_value_set_uint64(value, priv.census.copied);
        break;
    case PROP_STATS:
        g_value_take_boxed(value, make_stats(self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void gst_heapsel_finalize(GObject* object) {
    delete GST_HEAPSEL(object)->priv;
    G_OBJECT_CLASS(gst_heapsel_parent_class)->finalize(object);
}

static constexpr auto readable =
    static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
static constexpr auto writable =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

static GParamSpec* wish_spec(const char* name, const char* nick, const char* blurb) {
    return g_param_spec_string(name, nick, blurb, nullptr, writable);
}

static GParamSpec* counter_spec(const char* name, const char* nick, const char* blurb) {
    return g_param_spec_uint64(name, nick, blurb, 0, G_MAXUINT64, 0, readable);
}

static void install_properties(GObjectClass* klass) {
    properties[PROP_REQUIRE] = wish_spec(
        "require", "Require",
        "Criteria that the heap must meet, comma-separated: contiguous, cached, ecc, protected, "
        "each also with non- before it");
    properties[PROP_PREFER] =
        wish_spec("prefer", "Prefer", "Criteria that the heap should meet, most important first");
    properties[PROP_HEAP] =
        wish_spec("heap", "Heap", "Take this heap and no other, by name or alias");
    properties[PROP_CONSUMERS] =
        wish_spec("consumers", "Consumers",
                  "What the devices before and after need of the memory, as criteria");
    properties[PROP_STRICT] = g_param_spec_boolean(
        "strict", "Strict", "Fail on the first buffer that is not from the selected heap", FALSE,
        writable);
    properties[PROP_SELECTED_HEAP] =
        g_param_spec_string("selected-heap", "Selected heap", "The heap in use", nullptr, readable);
    properties[PROP_REASON] =
        g_param_spec_string("reason", "Reason", "Why this heap was selected", nullptr, readable);
    properties[PROP_BUFFERS_OWN] =
        counter_spec("buffers-own", "Own buffers", "Buffers in dma-bufs that this element gave");
    properties[PROP_BUFFERS_FOREIGN] =
        counter_spec("buffers-foreign", "Foreign buffers", "Buffers in dma-bufs from elsewhere");
    properties[PROP_BUFFERS_COPIED] =
        counter_spec("buffers-copied", "Copied buffers",
                     "Buffers in system memory, which a device downstream has to copy");
    properties[PROP_STATS] = g_param_spec_boxed(
        "stats", "Statistics", "The counters, and what is allocated from each heap",
        GST_TYPE_STRUCTURE, readable);
    g_object_class_install_properties(klass, PROP_COUNT, properties);
}

static void gst_heapsel_class_init(GstHeapselClass* klass) {
    auto* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = gst_heapsel_set_property;
    object_class->get_property = gst_heapsel_get_property;
    object_class->finalize = gst_heapsel_finalize;
    install_properties(object_class);

    auto* element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(
        element_class, "dma-buf heap selector", "Filter/Video",
        "Makes upstream allocate from the dma-buf heap that suits the pipeline",
        "The heapsel developers");
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);

    auto* trans_class = GST_BASE_TRANSFORM_CLASS(klass);
    trans_class->passthrough_on_same_caps = TRUE;
    trans_class->start = gst_heapsel_start;
    trans_class->stop = gst_heapsel_stop;
    trans_class->propose_allocation = gst_heapsel_propose_allocation;
    trans_class->transform_ip = gst_heapsel_transform_ip;
    trans_class->sink_event = gst_heapsel_sink_event;
}

static void gst_heapsel_init(GstHeapsel* self) {
    self->priv = new GstHeapselPrivate;
    gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), TRUE);
}
