// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gst/check/gstharness.h>
#include <gst/gst.h>

/// What the tests of the element share: handles, a harness around one element, a pipeline run.
namespace board {

struct Unref {
    void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
    void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
    void operator()(GstQuery* query) const { gst_query_unref(query); }
    void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
    void operator()(GstMessage* message) const { gst_message_unref(message); }
    void operator()(GstStructure* structure) const { gst_structure_free(structure); }
    void operator()(gpointer object) const { gst_object_unref(object); }
};
template <typename T>
using Handle = std::unique_ptr<T, Unref>;

using Harness = Handle<GstHarness>;
using Caps = Handle<GstCaps>;
using Query = Handle<GstQuery>;
using Buffer = Handle<GstBuffer>;
using Pool = Handle<GstBufferPool>;

/// An element that has selected a heap.
inline constexpr const char* own_element = "heapsel name=h heap=system";
inline constexpr const char* nv12 = "video/x-raw,format=NV12,width=640,height=480,framerate=30/1";
inline constexpr const char* drm_nv12 =
    "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12,width=640,height=480,"
    "framerate=30/1";

[[nodiscard]] Caps caps(const char* text);
/// The description is that of gst-launch, with one free pad on each side.
[[nodiscard]] Harness harness(const std::string& description);
[[nodiscard]] std::string text_property(GObject* object, const char* name);
[[nodiscard]] guint64 counter(GObject* object, const char* name);

/// One memory of the pool that the answer to a query offers first.
struct Offer {
    Pool pool;
    guint size = 0;
    guint min_buffers = 0;
    guint max_buffers = 0;
};
/// The answer to an ALLOCATION query on the harness's input; null if it is refused.
[[nodiscard]] Query ask(GstHarness* harness, const char* caps_text, bool need_pool = true);
[[nodiscard]] Offer first_offer(GstQuery* query);
/// Configures the pool as a V4L2 decoder does, and activates it.
[[nodiscard]] bool start(GstBufferPool* pool, const char* caps_text, guint size, guint min_buffers,
                         guint max_buffers = 0);
[[nodiscard]] Buffer acquire(GstBufferPool* pool);

/// What the bus of a pipeline said until EOS or an error.
struct Run {
    bool eos = false;
    std::string error; ///< Text and debug of the first error.
    std::vector<std::string> warnings;
    int display_copies = 0;     ///< Frames that kmssink copied, since it could not import them.
    Handle<GstStructure> stats; ///< The element's message at EOS.
};
/// `prepare` sees the pipeline before it starts, `inspect` when it has ended and still stands. It
/// is an error if the bus says nothing for `patience`.
[[nodiscard]] Run play(const std::string& description,
                       const std::function<void(GstElement*)>& prepare = {},
                       const std::function<void(GstElement*)>& inspect = {},
                       GstClockTime patience = 60 * GST_SECOND);

/// Runs `body` in a thread that may be changed (its user, its mounts) without a trace; what it
/// throws is thrown here.
void in_own_thread(const std::function<void()>& body);

[[nodiscard]] int open_descriptors();

} // namespace board
