// SPDX-License-Identifier: LGPL-2.1-or-later
#include "board.h"

#include <atomic>
#include <exception>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <thread>

#include "check.h"

namespace board {
namespace {

std::string text_of(GstMessage* message) {
    GError* error = nullptr;
    gchar* debug = nullptr;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, &debug);
    else
        gst_message_parse_warning(message, &error, &debug);
    std::string text = std::format("{} ({})", error->message, debug != nullptr ? debug : "");
    g_error_free(error);
    g_free(debug);
    return text;
}

/// kmssink tells of a copy nowhere but in the debug category GST_PERFORMANCE.
void count_copies(GstDebugCategory*, GstDebugLevel, const gchar*, const gchar*, gint, GObject*,
                  GstDebugMessage* message, gpointer copies) {
    if (std::string_view(gst_debug_message_get(message)) == "frame copy")
        ++*static_cast<std::atomic<int>*>(copies);
}

class CopyWatch {
  public:
    CopyWatch() {
        gst_debug_set_active(TRUE);
        gst_debug_set_threshold_for_name("GST_PERFORMANCE", GST_LEVEL_INFO);
        gst_debug_add_log_function(count_copies, &copies, nullptr);
    }
    ~CopyWatch() {
        gst_debug_remove_log_function(count_copies);
        gst_debug_unset_threshold_for_name("GST_PERFORMANCE");
    }
    CopyWatch(const CopyWatch&) = delete;
    CopyWatch& operator=(const CopyWatch&) = delete;

    std::atomic<int> copies = 0;
};

/// False when the run has ended.
bool take(Run& run, GstMessage* message) {
    const GstStructure* structure = gst_message_get_structure(message);
    switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS:
        run.eos = true;
        return false;
    case GST_MESSAGE_ERROR:
        run.error = text_of(message);
        return false;
    case GST_MESSAGE_WARNING:
        run.warnings.push_back(text_of(message));
        return true;
    case GST_MESSAGE_ELEMENT:
        if (gst_structure_has_name(structure, "heapsel-stats"))
            run.stats.reset(gst_structure_copy(structure));
        return true;
    default:
        return true;
    }
}

} // namespace

Caps caps(const char* text) {
    return Caps(gst_caps_from_string(text));
}

Harness harness(const std::string& description) {
    Harness harness(gst_harness_new_parse(description.c_str()));
    check::that(harness != nullptr, "the harness was not made");
    return harness;
}

std::string text_property(GObject* object, const char* name) {
    gchar* text = nullptr;
    g_object_get(object, name, &text, nullptr);
    std::string copy = text != nullptr ? text : "";
    g_free(text);
    return copy;
}

guint64 counter(GObject* object, const char* name) {
    guint64 count = 0;
    g_object_get(object, name, &count, nullptr);
    return count;
}

Query ask(GstHarness* harness, const char* caps_text, bool need_pool) {
    const Caps wanted(caps_text != nullptr ? gst_caps_from_string(caps_text) : nullptr);
    Query query(gst_query_new_allocation(wanted.get(), need_pool));
    if (!gst_pad_peer_query(harness->srcpad, query.get()))
        query.reset();
    return query;
}

Offer first_offer(GstQuery* query) {
    check::that(query != nullptr, "the query was refused");
    check::that(gst_query_get_n_allocation_pools(query) > 0, "no pool was offered");
    Offer offer;
    GstBufferPool* pool = nullptr;
    gst_query_parse_nth_allocation_pool(query, 0, &pool, &offer.size, &offer.min_buffers,
                                        &offer.max_buffers);
    offer.pool.reset(pool);
    return offer;
}

bool start(GstBufferPool* pool, const char* caps_text, guint size, guint min_buffers,
           guint max_buffers) {
    const Caps wanted = caps(caps_text);
    GstStructure* config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, wanted.get(), size, min_buffers, max_buffers);
    gst_buffer_pool_config_add_option(config, "GstBufferPoolOptionVideoMeta");
    if (!gst_buffer_pool_set_config(pool, config) &&
        !gst_buffer_pool_set_config(pool, gst_buffer_pool_get_config(pool)))
        return false;
    return gst_buffer_pool_set_active(pool, TRUE);
}

Buffer acquire(GstBufferPool* pool) {
    GstBuffer* buffer = nullptr;
    check::equal(static_cast<int>(gst_buffer_pool_acquire_buffer(pool, &buffer, nullptr)),
                 static_cast<int>(GST_FLOW_OK), "the flow of an acquired buffer");
    return Buffer(buffer);
}

Run play(const std::string& description, const std::function<void(GstElement*)>& prepare,
         const std::function<void(GstElement*)>& inspect, GstClockTime patience) {
    GError* error = nullptr;
    const Handle<GstElement> pipeline(gst_parse_launch(description.c_str(), &error));
    if (error != nullptr) {
        const std::string why = error->message;
        g_error_free(error);
        throw check::Failed(why);
    }
    if (prepare)
        prepare(pipeline.get());
    Run run;
    const CopyWatch watch;
    const Handle<GstBus> bus(gst_element_get_bus(pipeline.get()));
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    for (bool more = true; more;) {
        const Handle<GstMessage> message(gst_bus_timed_pop(bus.get(), patience));
        if (!message) {
            run.error = "nothing happened for too long";
            break;
        }
        more = take(run, message.get());
    }
    if (inspect)
        inspect(pipeline.get());
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    run.display_copies = watch.copies;
    return run;
}

void in_own_thread(const std::function<void()>& body) {
    std::exception_ptr thrown;
    std::thread([&] {
        try {
            body();
        } catch (...) {
            thrown = std::current_exception();
        }
    }).join();
    if (thrown)
        std::rethrow_exception(thrown);
}

int open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<int>(std::distance(begin(all), end(all)));
}

} // namespace board
