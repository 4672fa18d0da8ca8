// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcopieswatch.h"

#include <cstdlib>
#include <string_view>
#include <utility>

namespace gstheapsel::copies {
namespace {

thread_local unsigned copied = 0;

/// What the user wants to see of the category. Set before anything is logged at another level.
struct Shown {
    GstDebugCategory* category = nullptr;
    GstDebugLevel most = GST_LEVEL_NONE;
} shown;

/// A frame has one plane of that number.
void count_first_planes(GstDebugCategory* category, GstDebugLevel level, const gchar*,
                        const gchar* function, gint, GObject*, GstDebugMessage* message, gpointer) {
    if (category == shown.category && level == GST_LEVEL_DEBUG &&
        std::string_view(function) == "gst_video_frame_copy_plane" &&
        std::string_view(gst_debug_message_get(message)).starts_with("copy plane 0,"))
        ++copied;
}

/// In place of GStreamer's own.
void show_what_is_wanted(GstDebugCategory* category, GstDebugLevel level, const gchar* file,
                         const gchar* function, gint line, GObject* object,
                         GstDebugMessage* message, gpointer) {
    if (category != shown.category || level <= shown.most)
        gst_debug_log_default(category, level, file, function, line, object, message, nullptr);
}

} // namespace

CopyWatch::CopyWatch() {
    GST_DEBUG_CATEGORY_GET(category_, "GST_PERFORMANCE");
    if (category_ == nullptr) // GStreamer was built without a debug log.
        return;
    before_ = gst_debug_category_get_threshold(category_);
    shown = {category_, before_};
    gst_debug_add_log_function(count_first_planes, nullptr, nullptr);
    if (before_ >= GST_LEVEL_DEBUG)
        return;
    // Into a file it writes by a handle of its own, and there a line more does no harm.
    if (std::getenv("GST_DEBUG_FILE") == nullptr)
        filter();
    gst_debug_category_set_threshold(category_, GST_LEVEL_DEBUG);
}

void CopyWatch::filter() {
    // A macro whose parts have no parentheses: it is no part of an expression.
    const guint removed = gst_debug_remove_log_function(gst_debug_log_default);
    filters_ = removed > 0;
    if (filters_)
        gst_debug_add_log_function(show_what_is_wanted, nullptr, nullptr);
}

CopyWatch::~CopyWatch() {
    if (category_ == nullptr)
        return;
    if (before_ < GST_LEVEL_DEBUG)
        gst_debug_category_set_threshold(category_, before_);
    if (filters_) {
        gst_debug_remove_log_function(show_what_is_wanted);
        gst_debug_add_log_function(gst_debug_log_default, nullptr, nullptr);
    }
    gst_debug_remove_log_function(count_first_planes);
}

unsigned CopyWatch::take() {
    return std::exchange(copied, 0U);
}

} // namespace gstheapsel::copies
