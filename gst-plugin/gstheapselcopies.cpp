// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:tracer-heapsel-copies
 * @short_description: names the elements that copy video frames, from which memory into which
 *
 * Follows every raw video frame from pad to pad. A frame that leaves an element in the memory it
 * came in was passed; in other memory, the element moved it (from a dma-buf into another one) or
 * copied it. Copies that sinks and encoders make into memory of their own count as well, where
 * they use gst_video_frame_copy().
 *
 * |[
 * GST_TRACERS=heapsel-copies gst-launch-1.0 videotestsrc num-buffers=30 ! videoconvert ! kmssink
 * GST_TRACERS='heapsel-copies(verbose=true,file=/tmp/copies)' gst-play-1.0 clip.mp4
 * ]|
 *
 * Each time that a pipeline goes from PAUSED to READY, what became of its frames is written to
 * standard error, or appended to `file`, which is emptied at the start; `-` is standard error. With
 * `verbose=true`, elements that only passed frames on are in the table, too. A parameter that there
 * is not, and a file that cannot be written, are a warning, and nothing is done.
 *
 * Each verdict is a record `heapsel-copies` in the debug log (GST_TRACER:7), with the fields
 * `element`, `verdict` (passed, taken, made, moved, copied-in, copied-out, copied), `from`, `to`
 * (empty where there is none) and `bytes`.
 */
#include "gstheapselcopies.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "gstheapselcopiesobserver.h"

namespace gstheapsel::copies {
namespace {

struct Options {
    bool verbose = false;
    std::string file = "-";
};

GstTracerRecord* record = nullptr;

/// As text that a GstStructure is read from; the record writes what it is given as it is.
std::string quoted(const std::string& text) {
    gchar* wrapped = g_strescape(text.c_str(), nullptr);
    std::string copy = std::string("\"") + wrapped + '"';
    g_free(wrapped);
    return copy;
}

std::string quoted(const Where& where) {
    return quoted(where.name != nullptr ? heapsel::printable(where.name) : "");
}

void log(const Event& event) {
    // Most of the time nobody reads, and building names costs.
    if (GST_LEVEL_TRACE > _gst_debug_min)
        return;
    gst_tracer_record_log(record, quoted(event.element.name()).c_str(), word_of(event.verdict),
                          quoted(event.from).c_str(), quoted(event.to).c_str(), event.bytes);
}

GstTracerRecord* new_record() {
    const auto field = [](GType type, const char* description) {
        return gst_structure_new("value", "type", G_TYPE_GTYPE, type, "description", G_TYPE_STRING,
                                 description, nullptr);
    };
    GstStructure* element = field(G_TYPE_STRING, "the element, within its pipeline");
    gst_structure_set(element, "related-to", GST_TYPE_TRACER_VALUE_SCOPE,
                      GST_TRACER_VALUE_SCOPE_ELEMENT, nullptr);
    return gst_tracer_record_new(
        "heapsel-copies.class", "element", GST_TYPE_STRUCTURE, element, "verdict",
        GST_TYPE_STRUCTURE, field(G_TYPE_STRING, "what it did with a frame"), "from",
        GST_TYPE_STRUCTURE, field(G_TYPE_STRING, "the memory that was read"), "to",
        GST_TYPE_STRUCTURE, field(G_TYPE_STRING, "the memory that was written"), "bytes",
        GST_TYPE_STRUCTURE, field(G_TYPE_UINT64, "of the frame"), nullptr);
}

void warn(const std::string& message) {
    g_warning("tracer heapsel-copies: %s", message.c_str());
}

/// False for one that there is not.
gboolean read_option(GQuark field, const GValue* value, gpointer user_data) {
    auto& options = *static_cast<Options*>(user_data);
    const std::string_view name = g_quark_to_string(field);
    if (name == "verbose" && G_VALUE_HOLDS_BOOLEAN(value))
        options.verbose = g_value_get_boolean(value);
    else if (name == "file" && G_VALUE_HOLDS_STRING(value) && *g_value_get_string(value) != '\0')
        options.file = g_value_get_string(value);
    else
        return FALSE;
    return TRUE;
}

/// False, after a warning, if they cannot be read.
bool read_options(GstTracer* tracer, Options& options) {
    gchar* given = nullptr;
    g_object_get(tracer, "params", &given, nullptr);
    const std::unique_ptr<gchar, void (*)(gpointer)> keeper(given, g_free);
    if (given == nullptr)
        return true;
    const std::string text = std::string("heapsel-copies,") + given;
    const std::unique_ptr<GstStructure, void (*)(GstStructure*)> parameters(
        gst_structure_from_string(text.c_str(), nullptr), gst_structure_free);
    if (parameters && gst_structure_foreach(parameters.get(), read_option, &options))
        return true;
    warn(std::string("cannot read the parameters '") + given +
         "'. There are verbose=true and file=PATH (put what has commas into quotes).");
    return false;
}

} // namespace

/// All that one tracer has.
class Tracer {
  public:
    explicit Tracer(const Options& options) : verbose_(options.verbose), observer_(log) {
        if (options.file != "-")
            file_.reset(std::fopen(options.file.c_str(), "we"));
    }

    [[nodiscard]] bool has_file() const { return file_ != nullptr; }
    [[nodiscard]] Observer& observer() { return observer_; }

    void write(const std::string& pipeline, const std::vector<Account>& accounts) {
        const std::string text = summary(pipeline, accounts, verbose_);
        std::FILE* const file = file_ ? file_.get() : stderr;
        std::fwrite(text.data(), 1, text.size(), file);
        std::fflush(file);
    }

    void finish() {
        if (const auto rest = observer_.settle(nullptr); !rest.empty())
            write("pipelines that were not stopped", rest);
    }

  private:
    struct CloseFile {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    bool verbose_;
    std::unique_ptr<std::FILE, CloseFile> file_;
    Observer observer_;
};

} // namespace gstheapsel::copies

struct _GstHeapselCopies {
    GstTracer parent;
    gstheapsel::copies::Tracer* tracer; ///< Null: it does nothing.
};

G_DEFINE_FINAL_TYPE(GstHeapselCopies, gst_heapsel_copies, GST_TYPE_TRACER)

namespace gstheapsel::copies {
namespace {

void on_push(GstHeapselCopies* self, GstClockTime, GstPad* pad, GstBuffer* buffer) {
    self->tracer->observer().pushes(pad, buffer);
}

void on_push_list(GstHeapselCopies* self, GstClockTime, GstPad* pad, GstBufferList* list) {
    self->tracer->observer().pushes(pad, list);
}

void on_chain_begin(GstHeapselCopies* self, GstClockTime, GstPad* pad, GstBuffer* buffer) {
    self->tracer->observer().begins(pad, buffer);
}

void on_chain_list_begin(GstHeapselCopies* self, GstClockTime, GstPad* pad, GstBufferList* list) {
    self->tracer->observer().begins(pad, list);
}

void on_chain_end(GstHeapselCopies* self, GstClockTime, GstPad* pad, GstFlowReturn result) {
    self->tracer->observer().ends(pad, result);
}

/// No frame moves any more when an outermost bin is READY. One that failed on its way to PAUSED
/// goes from READY to NULL at once.
void on_state_changed(GstHeapselCopies* self, GstClockTime, GstElement* element,
                      GstStateChange change, GstStateChangeReturn) {
    const bool stopped = change == GST_STATE_CHANGE_PAUSED_TO_READY;
    if ((!stopped && change != GST_STATE_CHANGE_READY_TO_NULL) || !GST_IS_BIN(element) ||
        GST_OBJECT_PARENT(element) != nullptr)
        return;
    const auto accounts = self->tracer->observer().settle(element);
    if (stopped || !accounts.empty())
        self->tracer->write(GST_OBJECT_NAME(element), accounts);
}

void register_hooks(GstTracer* tracer) {
    gst_tracing_register_hook(tracer, "pad-push-pre", G_CALLBACK(on_push));
    gst_tracing_register_hook(tracer, "pad-push-list-pre", G_CALLBACK(on_push_list));
    gst_tracing_register_hook(tracer, "pad-chain-pre", G_CALLBACK(on_chain_begin));
    gst_tracing_register_hook(tracer, "pad-chain-list-pre", G_CALLBACK(on_chain_list_begin));
    gst_tracing_register_hook(tracer, "pad-chain-post", G_CALLBACK(on_chain_end));
    gst_tracing_register_hook(tracer, "pad-chain-list-post", G_CALLBACK(on_chain_end));
    gst_tracing_register_hook(tracer, "element-change-state-post", G_CALLBACK(on_state_changed));
}

/// What is kept with elements, and what a thread is in, is one tracer's.
std::atomic<bool> is_active = false;

void on_constructed(GObject* object) {
    auto* self = GST_HEAPSEL_COPIES(object);
    G_OBJECT_CLASS(gst_heapsel_copies_parent_class)->constructed(object);
    Options options;
    if (!read_options(GST_TRACER(self), options))
        return;
    if (is_active.exchange(true)) {
        warn("it is there already, and one is enough.");
        return;
    }
    self->tracer = new Tracer(options);
    if (options.file != "-" && !self->tracer->has_file()) {
        warn("cannot write " + options.file + ": " + std::strerror(errno) + ".");
        delete std::exchange(self->tracer, nullptr);
        is_active = false;
        return;
    }
    register_hooks(GST_TRACER(self));
}

void on_finalize(GObject* object) {
    auto* self = GST_HEAPSEL_COPIES(object);
    if (self->tracer != nullptr) {
        self->tracer->finish();
        delete self->tracer;
        is_active = false;
    }
    G_OBJECT_CLASS(gst_heapsel_copies_parent_class)->finalize(object);
}

} // namespace
} // namespace gstheapsel::copies

static void gst_heapsel_copies_class_init(GstHeapselCopiesClass* klass) {
    G_OBJECT_CLASS(klass)->constructed = gstheapsel::copies::on_constructed;
    G_OBJECT_CLASS(klass)->finalize = gstheapsel::copies::on_finalize;
    gstheapsel::copies::record = gstheapsel::copies::new_record();
}

static void gst_heapsel_copies_init(GstHeapselCopies*) {}
