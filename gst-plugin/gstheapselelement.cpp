// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:element-heapsel
 * @title: heapsel
 * @short_description: makes upstream allocate from the dma-buf heap that suits the pipeline
 *
 * Passes video through and answers the ALLOCATION query of the element before it with a pool of
 * dma-bufs. Place it between the element that fills the buffers and the one that reads them.
 *
 * The heap is the one that libheapsel selects, as for every program: from the policies of the
 * machine and of the user, the environment's (`HEAPSEL_REQUIRE` and so on), and
 * #GstHeapsel:require, #GstHeapsel:prefer and #GstHeapsel:heap. It does so when the element starts,
 * so that a wish which nothing meets fails the pipeline before the first frame, and again when the
 * format is known: then it asks the devices on both sides, the open V4L2 devices and the display,
 * for the heaps that they can use, or those that #GstHeapsel:devices names.
 *
 * The four counters tell where the memory of each buffer is, as the kernel says, whoever allocated
 * or wrapped it:
 *
 * * #GstHeapsel:buffers-pool: in the selected heap, from this element's pool or allocator.
 * * #GstHeapsel:buffers-placed: in the selected heap, where somebody else put it: a driver that the
 *   kernel binds to that heap, say.
 * * #GstHeapsel:buffers-elsewhere: a dma-buf from another heap, or from a driver's own memory.
 * * #GstHeapsel:buffers-system: some of it is no dma-buf, which a device can only read after a
 * copy.
 *
 * They do not tell of copies: the tracer `heapsel-copies` does.
 *
 * The first buffer that is not in the selected heap is a warning, and with #GstHeapsel:strict an
 * error.
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

#include <cerrno>
#include <string>
#include <utility>

#include <gst/video/video.h>

#include "gstheapselcensus.h"
#include "gstheapsellinear.h"
#include "gstheapselneighbours.h"
#include "gstheapselreport.h"
#include "gstheapselsession.h"

GST_DEBUG_CATEGORY_STATIC(gst_heapsel_debug);
GST_DEBUG_CATEGORY_STATIC(gst_heapsel_element_performance);
#define GST_CAT_DEFAULT gst_heapsel_debug

using gstheapsel::Origin;

struct GstHeapselPrivate {
    // Under the object lock.
    gstheapsel::Wishes wishes;
    guint interval = 0;
    gstheapsel::Choice choice;
    gstheapsel::Negotiation negotiation;
    GstAllocator* allocator = nullptr; ///< The session's, for other threads.

    gstheapsel::Census census;

    // Queries, buffers, start and stop come one at a time.
    gstheapsel::Session session;
    bool strict = false;
    bool complained = false;
    bool warned = false;
    gint64 next_stats = 0; ///< Monotonic time; 0: never.
};

struct _GstHeapsel {
    GstBaseTransform parent;
    GstHeapselPrivate* priv;
};

enum Property {
    PROP_REQUIRE = 1,
    PROP_PREFER,
    PROP_HEAP,
    PROP_DEVICES,
    PROP_FALLBACK,
    PROP_STRICT,
    PROP_MAX_BUFFERS,
    PROP_STATS_INTERVAL,
    PROP_SELECTED_HEAP,
    PROP_REASON,
    PROP_ALLOCATOR,
    PROP_BUFFERS_POOL,
    PROP_BUFFERS_PLACED,
    PROP_BUFFERS_ELSEWHERE,
    PROP_BUFFERS_SYSTEM,
    PROP_STATS,
    PROP_COUNT
};
static GParamSpec* properties[PROP_COUNT];

// A sink that takes anything must be seen as such: decoders choose system memory then.
static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE_WITH_CODE(GstHeapsel, gst_heapsel, GST_TYPE_BASE_TRANSFORM,
                              GST_DEBUG_CATEGORY_INIT(gst_heapsel_debug, "heapsel", 0,
                                                      "dma-buf heap selection");
                              GST_DEBUG_CATEGORY_GET(gst_heapsel_element_performance,
                                                     "GST_PERFORMANCE"))
GST_ELEMENT_REGISTER_DEFINE(heapsel, "heapsel", GST_RANK_NONE, GST_TYPE_HEAPSEL)

static void on_allocation_failed(GstAllocator*, gint code, const gchar* message, GstHeapsel* self) {
    gstheapsel::post_error(GST_ELEMENT_CAST(self), code, message);
}

static void on_allocation_waits(GstAllocator*, gint, const gchar* message, GstHeapsel* self) {
    GST_ELEMENT_WARNING(self, RESOURCE, BUSY, ("%s", message), (nullptr));
}

/// Transfer full.
static GstStructure* make_stats(GstHeapsel* self) {
    GST_OBJECT_LOCK(self);
    const std::string heap = self->priv->choice.heap;
    GstAllocator* allocator = self->priv->allocator;
    if (allocator != nullptr)
        gst_object_ref(allocator);
    GST_OBJECT_UNLOCK(self);
    GstStructure* stats = gstheapsel::stats_structure(
        heap, self->priv->census, reinterpret_cast<GstHeapselAllocator*>(allocator));
    gst_clear_object(&allocator);
    return stats;
}

/// `structure` is taken.
static void post_element_message(GstHeapsel* self, GstStructure* structure) {
    gst_element_post_message(GST_ELEMENT_CAST(self),
                             gst_message_new_element(GST_OBJECT_CAST(self), structure));
}

static void tell_stats(GstHeapsel* self) {
    GstStructure* stats = make_stats(self);
    GST_INFO_OBJECT(self, "%" GST_PTR_FORMAT, static_cast<void*>(stats));
    post_element_message(self, stats);
}

/// Pools and buffers may outlive this element; the connections must not.
static void connect_allocator(GstHeapsel* self) {
    GstAllocator* allocator = GST_ALLOCATOR_CAST(self->priv->session.allocator());
    g_signal_connect_object(allocator, "allocation-failed", G_CALLBACK(on_allocation_failed), self,
                            static_cast<GConnectFlags>(0));
    g_signal_connect_object(allocator, "allocation-waits", G_CALLBACK(on_allocation_waits), self,
                            static_cast<GConnectFlags>(0));
    GST_OBJECT_LOCK(self);
    GstAllocator* old =
        std::exchange(self->priv->allocator, GST_ALLOCATOR_CAST(gst_object_ref(allocator)));
    GST_OBJECT_UNLOCK(self);
    gst_clear_object(&old);
}

/// Makes the session's selection known.
static void tell_selection(GstHeapsel* self) {
    const heapsel::Selection& selection = self->priv->session.selection();
    gstheapsel::Choice choice = gstheapsel::describe(selection);
    for (const std::string& verdict : choice.verdicts)
        GST_INFO_OBJECT(self, "%s", verdict.c_str());
    for (const std::string& warning : selection.warnings())
        GST_WARNING_OBJECT(self, "%s", warning.c_str());
    GST_OBJECT_LOCK(self);
    self->priv->choice = std::move(choice);
    GST_OBJECT_UNLOCK(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_SELECTED_HEAP]);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_REASON]);
}

static bool fail(GstHeapsel* self, const heapsel::Error& error) {
    gstheapsel::post_error(GST_ELEMENT_CAST(self), error.code, error.message().c_str());
    return false;
}

static gboolean gst_heapsel_start(GstBaseTransform* trans) {
    auto* self = GST_HEAPSEL(trans);
    GstHeapselPrivate& priv = *self->priv;
    GST_OBJECT_LOCK(self);
    const gstheapsel::Wishes wishes = priv.wishes;
    const guint interval = priv.interval;
    priv.negotiation = {};
    GST_OBJECT_UNLOCK(self);
    priv.strict = wishes.strict;
    priv.complained = false;
    priv.warned = false;
    priv.census.reset();
    priv.next_stats = interval > 0 ? g_get_monotonic_time() + gint64{interval} * G_USEC_PER_SEC : 0;

    if (const auto started = priv.session.start(wishes, GST_OBJECT_NAME(self)); !started)
        return fail(self, started.error());
    connect_allocator(self);
    tell_selection(self);
    return TRUE;
}

static gboolean gst_heapsel_stop(GstBaseTransform* trans) {
    auto* self = GST_HEAPSEL(trans);
    if (self->priv->session.is_started())
        tell_stats(self);
    GST_OBJECT_LOCK(self);
    GstAllocator* allocator = std::exchange(self->priv->allocator, nullptr);
    GST_OBJECT_UNLOCK(self);
    if (allocator != nullptr) {
        g_signal_handlers_disconnect_by_data(allocator, self);
        gst_object_unref(allocator);
    }
    self->priv->session.stop();
    return TRUE;
}

static GstCaps* gst_heapsel_transform_caps(GstBaseTransform*, GstPadDirection, GstCaps* caps,
                                           GstCaps* filter) {
    // In the order of the other side, as if the element were not there.
    GstCaps* all = filter != nullptr
                       ? gst_caps_intersect_full(caps, filter, GST_CAPS_INTERSECT_FIRST)
                       : gst_caps_ref(caps);
    return gstheapsel::linear_first(all);
}

/// What the session says of a query, to the user.
static void tell_outcome(GstHeapsel* self, GstCaps* caps,
                         const gstheapsel::Session::Outcome& outcome) {
    GST_OBJECT_LOCK(self);
    self->priv->negotiation = {true, outcome.answer.answered, outcome.answer.reason};
    const gstheapsel::Choice choice = self->priv->choice;
    GST_OBJECT_UNLOCK(self);
    for (const std::string& note : outcome.notes)
        GST_INFO_OBJECT(self, "%s", note.c_str());
    for (const std::string& warning : outcome.warnings) {
        GST_CAT_WARNING_OBJECT(gst_heapsel_element_performance, self, "%s", warning.c_str());
        if (!std::exchange(self->priv->warned, true))
            GST_ELEMENT_WARNING(self, RESOURCE, SETTINGS, ("%s", warning.c_str()), (nullptr));
    }
    if (outcome.answer.answered) {
        post_element_message(self, gstheapsel::selection_structure(choice, caps, outcome.answer));
        return;
    }
    const std::string filter = gstheapsel::linear_filter(caps);
    GST_WARNING_OBJECT(self, "offering no pool for %" GST_PTR_FORMAT ": %s%s%s",
                       static_cast<void*>(caps), outcome.answer.reason.c_str(),
                       filter.empty() ? ""
                                      : ". To keep to linear buffers, put this before the "
                                        "element: ",
                       filter.c_str());
}

static gboolean gst_heapsel_propose_allocation(GstBaseTransform* trans, GstQuery* decide_query,
                                               GstQuery* query) {
    auto* self = GST_HEAPSEL(trans);
    GstCaps* caps = nullptr;
    gst_query_parse_allocation(query, &caps, nullptr);
    if (caps == nullptr || !self->priv->session.is_started())
        return FALSE;
    // Downstream may have nothing to say, which is no reason not to answer.
    const gboolean downstream = GST_BASE_TRANSFORM_CLASS(gst_heapsel_parent_class)
                                    ->propose_allocation(trans, decide_query, query);
    GST_DEBUG_OBJECT(self, "downstream: %" GST_PTR_FORMAT, static_cast<void*>(query));
    const auto outcome = self->priv->session.answer(
        query, gstheapsel::fillers_of(GST_BASE_TRANSFORM_SINK_PAD(trans)),
        gstheapsel::readers_of(GST_BASE_TRANSFORM_SRC_PAD(trans)));
    if (outcome.error)
        return fail(self, *outcome.error);
    if (outcome.changed)
        connect_allocator(self);
    if (outcome.answer.answered)
        tell_selection(self);
    tell_outcome(self, caps, outcome);
    GST_DEBUG_OBJECT(self, "answered: %" GST_PTR_FORMAT, static_cast<void*>(query));
    if (outcome.answer.answered)
        return TRUE;
    return outcome.answer.malformed ? FALSE : downstream;
}

static gstheapsel::Stray stray_of(GstHeapsel* self, GstBuffer* buffer, Origin origin) {
    gstheapsel::Stray stray{origin, {}, false};
    if (origin != Origin::elsewhere)
        return stray;
    stray.exporter = self->priv->session.judge().elsewhere();
    GstMemory* memory = gst_buffer_peek_memory(buffer, 0);
    GstHeapselAllocator* own = self->priv->session.allocator();
    stray.ours = memory->allocator == GST_ALLOCATOR_CAST(own) ||
                 gst_heapsel_allocator_made(own, gstheapsel::place_of(memory).inode);
    return stray;
}

static GstFlowReturn complain(GstHeapsel* self, GstBuffer* buffer, Origin origin) {
    if (!self->priv->strict && std::exchange(self->priv->complained, true))
        return GST_FLOW_OK;
    GST_OBJECT_LOCK(self);
    const std::string heap = self->priv->choice.heap;
    const gstheapsel::Negotiation negotiation = self->priv->negotiation;
    GST_OBJECT_UNLOCK(self);
    const std::string message = gstheapsel::explain(stray_of(self, buffer, origin), negotiation,
                                                    heap, GST_BASE_TRANSFORM_SINK_PAD(self));
    if (!self->priv->strict) {
        GST_ELEMENT_WARNING(self, RESOURCE, SETTINGS, ("%s", message.c_str()), (nullptr));
        return GST_FLOW_OK;
    }
    tell_stats(self);
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", message.c_str()), (nullptr));
    return GST_FLOW_ERROR;
}

static void tell_stats_if_due(GstHeapsel* self) {
    const gint64 now = g_get_monotonic_time();
    if (now < self->priv->next_stats)
        return;
    GST_OBJECT_LOCK(self);
    self->priv->next_stats = now + gint64{self->priv->interval} * G_USEC_PER_SEC;
    GST_OBJECT_UNLOCK(self);
    tell_stats(self);
}

static GstFlowReturn gst_heapsel_transform_ip(GstBaseTransform* trans, GstBuffer* buffer) {
    auto* self = GST_HEAPSEL(trans);
    const Origin origin = self->priv->session.judge().origin_of(buffer);
    self->priv->census.count(origin);
    if (self->priv->next_stats != 0)
        tell_stats_if_due(self);
    if (origin == Origin::elsewhere || origin == Origin::system)
        return complain(self, buffer, origin);
    return GST_FLOW_OK;
}

static gboolean gst_heapsel_sink_event(GstBaseTransform* trans, GstEvent* event) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
        tell_stats(GST_HEAPSEL(trans));
    return GST_BASE_TRANSFORM_CLASS(gst_heapsel_parent_class)->sink_event(trans, event);
}

/// The wish that a writable string property stands for; null for all others.
static std::string* wish(GstHeapsel* self, guint id) {
    gstheapsel::Wishes& wishes = self->priv->wishes;
    switch (id) {
    case PROP_REQUIRE:
        return &wishes.require;
    case PROP_PREFER:
        return &wishes.prefer;
    case PROP_HEAP:
        return &wishes.heap;
    case PROP_DEVICES:
        return &wishes.devices;
    case PROP_FALLBACK:
        return &wishes.fallback;
    default:
        return nullptr;
    }
}

static void gst_heapsel_set_property(GObject* object, guint id, const GValue* value,
                                     GParamSpec* spec) {
    auto* self = GST_HEAPSEL(object);
    GST_OBJECT_LOCK(self);
    if (std::string* const text = wish(self, id); text != nullptr) {
        const gchar* given = g_value_get_string(value);
        *text = given != nullptr ? given : "";
    } else if (id == PROP_STRICT) {
        self->priv->wishes.strict = g_value_get_boolean(value);
    } else if (id == PROP_MAX_BUFFERS) {
        self->priv->wishes.max_buffers = g_value_get_uint(value);
    } else if (id == PROP_STATS_INTERVAL) {
        self->priv->interval = g_value_get_uint(value);
    } else {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
    GST_OBJECT_UNLOCK(self);
}

static void put_string(GValue* value, const std::string& text) {
    g_value_set_string(value, text.empty() ? nullptr : text.c_str());
}

static void gst_heapsel_get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    auto* self = GST_HEAPSEL(object);
    const GstHeapselPrivate& priv = *self->priv;
    if (id == PROP_STATS) {
        g_value_take_boxed(value, make_stats(self));
        return;
    }
    GST_OBJECT_LOCK(self);
    switch (id) {
    case PROP_REQUIRE:
    case PROP_PREFER:
    case PROP_HEAP:
    case PROP_DEVICES:
    case PROP_FALLBACK:
        put_string(value, *wish(self, id));
        break;
    case PROP_STRICT:
        g_value_set_boolean(value, priv.wishes.strict);
        break;
    case PROP_MAX_BUFFERS:
        g_value_set_uint(value, priv.wishes.max_buffers);
        break;
    case PROP_STATS_INTERVAL:
        g_value_set_uint(value, priv.interval);
        break;
    case PROP_SELECTED_HEAP:
        put_string(value, priv.choice.heap);
        break;
    case PROP_REASON:
        put_string(value, priv.choice.reason);
        break;
    case PROP_ALLOCATOR:
        g_value_set_object(value, priv.allocator);
        break;
    case PROP_BUFFERS_POOL:
        g_value_set_uint64(value, priv.census.pool);
        break;
    case PROP_BUFFERS_PLACED:
        g_value_set_uint64(value, priv.census.placed);
        break;
    case PROP_BUFFERS_ELSEWHERE:
        g_value_set_uint64(value, priv.census.elsewhere);
        break;
    case PROP_BUFFERS_SYSTEM:
        g_value_set_uint64(value, priv.census.system);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
    GST_OBJECT_UNLOCK(self);
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

static void make_wish_specs() {
    properties[PROP_REQUIRE] = wish_spec(
        "require", "Require",
        "Criteria that the heap must meet, comma-separated: contiguous, cached, ecc, protected, "
        "each also with non- before it; those of the policies are added");
    properties[PROP_PREFER] =
        wish_spec("prefer", "Prefer",
                  "Criteria that the heap should meet, most important first; none: as the policies "
                  "prefer");
    properties[PROP_HEAP] =
        wish_spec("heap", "Heap", "Take this heap and no other, by name or alias");
    properties[PROP_DEVICES] =
        wish_spec("devices", "Devices",
                  "The devices that share the buffers, comma-separated, as DEVICE[:MEMORY] and "
                  "CARD[:PLANE[:FORMAT]]; none: those of the elements before and after");
    properties[PROP_FALLBACK] =
        wish_spec("fallback", "Fallback",
                  "Which heaps may take over from one that is exhausted: same-caching, any, none; "
                  "none given: as the policies say");
    properties[PROP_STRICT] = g_param_spec_boolean(
        "strict", "Strict",
        "Fail on the first buffer that is not in the selected heap, and let no other take over",
        FALSE, writable);
    properties[PROP_MAX_BUFFERS] =
        g_param_spec_uint("max-buffers", "Maximum of buffers",
                          "Buffers of a pool at most, at any time (0 = as many as the heap has)", 0,
                          4096, 0, writable);
    properties[PROP_STATS_INTERVAL] = g_param_spec_uint(
        "stats-interval", "Interval of statistics",
        "Seconds from one message with the statistics to the next (0 = at the end alone)", 0,
        G_MAXUINT, 0, writable);
}

static void make_state_specs() {
    properties[PROP_SELECTED_HEAP] =
        g_param_spec_string("selected-heap", "Selected heap", "The heap in use", nullptr, readable);
    properties[PROP_REASON] =
        g_param_spec_string("reason", "Reason", "Why this heap was selected", nullptr, readable);
    properties[PROP_ALLOCATOR] = g_param_spec_object("allocator", "Allocator",
                                                     "What allocates from that heap, while started",
                                                     GST_TYPE_ALLOCATOR, readable);
    properties[PROP_BUFFERS_POOL] =
        counter_spec("buffers-pool", "Buffers from the pool",
                     "Buffers in the selected heap that this element's pool made");
    properties[PROP_BUFFERS_PLACED] =
        counter_spec("buffers-placed", "Placed buffers",
                     "Buffers in the selected heap that somebody else, a driver say, put there");
    properties[PROP_BUFFERS_ELSEWHERE] = counter_spec(
        "buffers-elsewhere", "Buffers elsewhere", "Buffers in dma-bufs outside the selected heap");
    properties[PROP_BUFFERS_SYSTEM] =
        counter_spec("buffers-system", "Buffers in system memory",
                     "Buffers in system memory, which a device downstream has to copy");
    properties[PROP_STATS] = g_param_spec_boxed(
        "stats", "Statistics", "The counters, and what is allocated from each heap",
        GST_TYPE_STRUCTURE, readable);
}

static void gst_heapsel_class_init(GstHeapselClass* klass) {
    auto* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = gst_heapsel_set_property;
    object_class->get_property = gst_heapsel_get_property;
    object_class->finalize = gst_heapsel_finalize;
    make_wish_specs();
    make_state_specs();
    g_object_class_install_properties(object_class, PROP_COUNT, properties);

    auto* element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(
        element_class, "dma-buf heap selector", "Filter/Video",
        "Makes upstream allocate from the dma-buf heap that suits the pipeline",
        "heapsel developers <developers@heapsel.invalid>");
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);

    auto* trans_class = GST_BASE_TRANSFORM_CLASS(klass);
    trans_class->passthrough_on_same_caps = TRUE;
    trans_class->start = gst_heapsel_start;
    trans_class->stop = gst_heapsel_stop;
    trans_class->transform_caps = gst_heapsel_transform_caps;
    trans_class->propose_allocation = gst_heapsel_propose_allocation;
    trans_class->transform_ip = gst_heapsel_transform_ip;
    trans_class->sink_event = gst_heapsel_sink_event;
}

static void gst_heapsel_init(GstHeapsel* self) {
    self->priv = new GstHeapselPrivate;
    gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), TRUE);
}
