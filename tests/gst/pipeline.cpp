// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <format>

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "board.h"

namespace {

constexpr const char* source =
    "videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=640,height=480 ! ";

/// As many frames of the clip as `source` has. Those cannot be encoded here: with vicodec of Linux
/// 7.3, v4l2fwhtenc of GStreamer 1.26 does not start for pictures smaller than 1280x720.
std::string decoded(const std::string& decoder, const std::string& element,
                    const std::string& sink = "fakesink") {
    const char* const clip = std::getenv("clip");
    check::that(clip != nullptr, "the environment names no clip");
    return std::format("filesrc location={} ! gdpdepay ! identity eos-after=31 ! v4l2fwhtdec {} ! "
                       "heapsel name=h {} ! {}",
                       clip, decoder, element, sink);
}

void need_factory(const char* name) {
    const board::Handle<GstElementFactory> factory(gst_element_factory_find(name));
    if (!factory)
        throw check::Skipped(std::format("there is no element {}", name));
}

guint64 stat(const board::Run& run, const char* field) {
    check::that(run.stats != nullptr, "there are no statistics");
    guint64 count = 0;
    check::that(gst_structure_get_uint64(run.stats.get(), field, &count), "a field is missing");
    return count;
}

void all_frames_are_of_the_pool(const board::Run& run) {
    check::that(run.eos, run.error);
    check::equal(stat(run, "buffers-pool"), guint64{30}, "pool");
    check::equal(stat(run, "buffers-elsewhere"), guint64{0}, "elsewhere");
    check::equal(stat(run, "buffers-system"), guint64{0}, "system");
}

/// Every failure: its error says `parts`, and no descriptor stays open.
void fails(const std::string& pipeline, const std::vector<const char*>& parts) {
    (void)board::play(pipeline); // Whatever the libraries open once is open now.
    const int before = board::open_descriptors();
    const auto run = board::play(pipeline);
    check::that(!run.eos, "the pipeline ended well");
    for (const char* part : parts)
        check::contains(run.error, part);
    check::equal(board::open_descriptors(), before, "open descriptors");
}

void the_test_source_fills_our_buffers() {
    const std::string pipeline = std::string(source) + "heapsel heap=system strict=true ! fakesink";
    all_frames_are_of_the_pool(board::play(pipeline));
    const int before = board::open_descriptors();
    all_frames_are_of_the_pool(board::play(pipeline));
    check::equal(board::open_descriptors(), before, "open descriptors");
}

void a_decoder_imports_our_buffers() {
    need_factory("v4l2fwhtdec");
    const auto pipeline =
        decoded("capture-io-mode=dmabuf-import", "require=contiguous strict=true");
    all_frames_are_of_the_pool(board::play(pipeline));
    const int before = board::open_descriptors();
    all_frames_are_of_the_pool(board::play(pipeline));
    check::equal(board::open_descriptors(), before, "open descriptors");
}

void a_display_imports_our_buffers() {
    need_factory("v4l2fwhtdec");
    need_factory("kmssink");
    const auto run =
        board::play(decoded("capture-io-mode=dmabuf-import", "require=contiguous strict=true",
                            "kmssink driver-name=vkms sync=false"));
    all_frames_are_of_the_pool(run);
    check::equal(run.display_copies, 0, "frames that the display copied");
}

void system_memory_is_copied_by_the_display() {
    need_factory("kmssink");
    const auto run =
        board::play(std::string(source) + "identity drop-allocation=true ! heapsel heap=system ! "
                                          "kmssink driver-name=vkms sync=false");
    check::that(run.eos, run.error);
    check::equal(stat(run, "buffers-system"), guint64{30}, "system");
    check::that(run.display_copies >= 30, "the display did not copy");
    check::equal(run.warnings.size(), std::size_t{1}, "warnings");
    check::contains(run.warnings.front(), "never sent an ALLOCATION query");
}

void a_new_size_gets_a_new_pool() {
    const auto run = board::play(
        "videotestsrc num-buffers=15 ! video/x-raw,format=NV12,width=320,height=240 ! c. "
        "videotestsrc num-buffers=15 ! video/x-raw,format=NV12,width=640,height=480 ! c. "
        "concat name=c ! heapsel heap=system strict=true ! fakesink");
    all_frames_are_of_the_pool(run);
}

/// A flushing seek back to the start as soon as a frame has arrived.
void seek_once(GstElement* sink, GstBuffer*, GstPad*, gpointer pipeline) {
    g_signal_handlers_disconnect_by_data(sink, pipeline);
    gst_element_call_async(
        GST_ELEMENT(pipeline),
        [](GstElement* element, gpointer) {
            gst_element_seek(element, 1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET,
                             0, GST_SEEK_TYPE_SET, GST_SECOND);
        },
        nullptr, nullptr);
}

void the_pool_survives_a_flushing_seek() {
    const auto run = board::play(
        "videotestsrc num-buffers=90 ! video/x-raw,format=NV12,width=640,height=480,framerate=30/1 "
        "! "
        "heapsel heap=system strict=true ! fakesink name=sink sync=true signal-handoffs=true",
        [](GstElement* pipeline) {
            const board::Handle<GstElement> sink(gst_bin_get_by_name(GST_BIN(pipeline), "sink"));
            g_signal_connect(sink.get(), "handoff", G_CALLBACK(seek_once), pipeline);
        });
    check::that(run.eos, run.error);
    check::that(stat(run, "buffers-pool") > 30, "nothing was played after the seek");
    check::equal(stat(run, "buffers-system"), guint64{0}, "system");
}

/// What `description` gives to a fakesink called "out".
std::vector<board::Buffer> collect(const std::string& description,
                                   const std::function<void(GstElement*)>& inspect = {}) {
    std::vector<board::Buffer> all;
    const auto run = board::play(
        description,
        [&](GstElement* pipeline) {
            const board::Handle<GstElement> out(gst_bin_get_by_name(GST_BIN(pipeline), "out"));
            g_object_set(out.get(), "signal-handoffs", TRUE, nullptr);
            const auto keep = +[](GstElement*, GstBuffer* buffer, GstPad*, gpointer buffers) {
                static_cast<std::vector<board::Buffer>*>(buffers)->emplace_back(
                    gst_buffer_copy_deep(buffer));
            };
            g_signal_connect(out.get(), "handoff", G_CALLBACK(keep), &all);
        },
        inspect);
    check::that(run.eos, run.error);
    return all;
}

std::string sha1(GstBuffer* buffer) {
    GstMapInfo map;
    check::that(gst_buffer_map(buffer, &map, GST_MAP_READ), "a frame cannot be mapped");
    gchar* sum = g_compute_checksum_for_data(G_CHECKSUM_SHA1, map.data, map.size);
    gst_buffer_unmap(buffer, &map);
    std::string copy = sum;
    g_free(sum);
    return copy;
}

std::vector<std::string> checksums(const std::vector<board::Buffer>& frames) {
    std::vector<std::string> sums;
    for (const auto& frame : frames)
        sums.push_back(sha1(frame.get()));
    return sums;
}

void push(GstElement* in, const std::vector<board::Buffer>& buffers, std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) {
        auto flow = GST_FLOW_OK;
        g_signal_emit_by_name(in, "push-buffer", buffers[index].get(), &flow);
        check::equal(static_cast<int>(flow), static_cast<int>(GST_FLOW_OK), "the flow of a buffer");
    }
}

/// Frames of a decoder that is flushed when it has got some of `coded`, and then gets all of it.
std::vector<std::string> decoded_after_a_flush(const std::string& coded_caps,
                                               const std::vector<board::Buffer>& coded) {
    struct Progress {
        std::atomic<int> frames = 0;
        std::vector<std::string> sums;
    } progress;
    const auto run = board::play(
        "appsrc name=in format=time ! jpegdec ! heapsel heap=system strict=true ! "
        "fakesink name=out signal-handoffs=true",
        [&](GstElement* pipeline) {
            const board::Handle<GstElement> in(gst_bin_get_by_name(GST_BIN(pipeline), "in"));
            const board::Handle<GstElement> out(gst_bin_get_by_name(GST_BIN(pipeline), "out"));
            const board::Caps caps(gst_caps_from_string(coded_caps.c_str()));
            g_object_set(in.get(), "caps", caps.get(), nullptr);
            const auto note = +[](GstElement*, GstBuffer* buffer, GstPad*, gpointer data) {
                auto& noted = *static_cast<Progress*>(data);
                noted.sums.push_back(sha1(buffer));
                ++noted.frames;
            };
            g_signal_connect(out.get(), "handoff", G_CALLBACK(note), &progress);
            gst_element_set_state(pipeline, GST_STATE_PLAYING);
            push(in.get(), coded, 10);
            while (progress.frames == 0)
                g_usleep(10000);
            gst_element_send_event(in.get(), gst_event_new_flush_start());
            gst_element_send_event(in.get(), gst_event_new_flush_stop(TRUE));
            progress.sums.clear(); // Nothing comes through until more is pushed.
            push(in.get(), coded, coded.size());
            auto flow = GST_FLOW_OK;
            g_signal_emit_by_name(in.get(), "end-of-stream", &flow);
        });
    check::that(run.eos, run.error);
    return progress.sums;
}

/// Not a V4L2 decoder that imports: the one of GStreamer 1.26 does not come back from a flush.
void a_decoder_goes_on_after_a_flush() {
    const std::string beginning = std::string(source) + "jpegenc name=coder";
    std::string coded_caps;
    const auto note_caps = [&](GstElement* pipeline) {
        const board::Handle<GstElement> coder(gst_bin_get_by_name(GST_BIN(pipeline), "coder"));
        const board::Handle<GstPad> pad(gst_element_get_static_pad(coder.get(), "src"));
        const board::Caps caps(gst_pad_get_current_caps(pad.get()));
        gchar* text = gst_caps_to_string(caps.get());
        coded_caps = text;
        g_free(text);
    };
    const auto coded = collect(beginning + " ! fakesink name=out", note_caps);
    const auto expected = checksums(collect(beginning + " ! jpegdec ! fakesink name=out"));
    check::equal(expected.size(), std::size_t{30}, "frames");
    check::that(decoded_after_a_flush(coded_caps, coded) == expected, "the frames differ");
}

void exhaustion_under_a_decoder_fails() {
    need_factory("v4l2fwhtdec");
    if (!std::filesystem::exists("/dev/dma_heap/default_cma_region"))
        throw check::Skipped("there is no default_cma_region");
    fails("videotestsrc num-buffers=40 ! video/x-raw,format=NV12,width=2048,height=1536 ! "
          "v4l2fwhtenc ! v4l2fwhtdec capture-io-mode=dmabuf-import ! "
          "heapsel heap=default_cma_region ! queue max-size-buffers=0 max-size-bytes=0 "
          "max-size-time=0 min-threshold-buffers=40 ! fakesink",
          {"default_cma_region", "allocate"});
}

void a_decoder_that_ignores_the_pool_warns_once() {
    need_factory("v4l2fwhtdec");
    const auto run = board::play(decoded("", "heap=system"));
    check::that(run.eos, run.error);
    check::equal(run.warnings.size(), std::size_t{1}, "warnings");
    check::contains(run.warnings.front(), "capture-io-mode=dmabuf-import");
    check::equal(stat(run, "buffers-pool"), guint64{0}, "pool");
    check::equal(stat(run, "buffers-elsewhere"), guint64{30}, "elsewhere");
}

void a_decoder_that_ignores_the_pool_fails_when_strict() {
    need_factory("v4l2fwhtdec");
    fails(decoded("", "heap=system strict=true"), {"capture-io-mode=dmabuf-import", "v4l2fwhtdec"});
}

void an_upstream_that_never_asks_is_named() {
    fails("filesrc location=/dev/zero num-buffers=3 blocksize=460800 ! "
          "capsfilter caps=video/x-raw,format=NV12,width=640,height=480,framerate=30/1 ! "
          "heapsel heap=system strict=true ! fakesink",
          {"system memory", "filesrc"});
}

void a_wrong_heap_name_fails() {
    fails(std::string(source) + "heapsel heap=sytem ! fakesink", {"sytem", "system"});
}

void a_wrong_criterion_fails() {
    fails(std::string(source) + "heapsel require=contigous ! fakesink",
          {"require=contigous", "contiguous"});
    fails(std::string(source) + "heapsel prefer=fast ! fakesink", {"prefer=fast"});
    fails(std::string(source) + "heapsel fallback=fast ! fakesink", {"fallback=fast", "any"});
    fails(std::string(source) + "heapsel devices=video99 ! fakesink", {"video99"});
}

void a_requirement_that_nothing_meets_fails() {
    fails(std::string(source) + "heapsel heap=system require=protected ! fakesink", {"system"});
}

void need_root() {
    if (geteuid() != 0)
        throw check::Skipped("this takes root");
}

void no_permission_fails() {
    need_root();
    board::in_own_thread([] {
        // The bare system call: glibc's would change the user of every thread.
        check::that(syscall(SYS_setresuid, 65534, 65534, 65534) == 0, "the user stays root");
        fails(std::string(source) + "heapsel heap=system ! fakesink",
              {"system", g_strerror(EACCES)});
    });
}

void no_heap_at_all_fails() {
    need_root();
    board::in_own_thread([] {
        check::that(unshare(CLONE_NEWNS) == 0, "there are no mounts of one's own");
        check::that(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "not private");
        check::that(mount("none", "/dev/dma_heap", "tmpfs", 0, nullptr) == 0, "nothing mounted");
        fails(std::string(source) + "heapsel ! fakesink", {"heap"});
    });
}

void exhaustion_fails_with_the_library_message() {
    if (!std::filesystem::exists("/dev/dma_heap/default_cma_region"))
        throw check::Skipped("there is no default_cma_region");
    fails("videotestsrc num-buffers=40 ! video/x-raw,format=NV12,width=3840,height=2160 ! "
          "heapsel heap=default_cma_region ! queue max-size-buffers=0 max-size-bytes=0 "
          "max-size-time=0 min-threshold-buffers=40 ! fakesink",
          {"default_cma_region", "allocate"});
}

} // namespace

std::vector<check::Test> pipeline_tests() {
    return {
        {"pipeline: a source fills our buffers", the_test_source_fills_our_buffers},
        {"pipeline: a decoder imports our buffers", a_decoder_imports_our_buffers},
        {"pipeline: a display imports our buffers", a_display_imports_our_buffers},
        {"pipeline: system memory is counted, and copied by the display",
         system_memory_is_copied_by_the_display},
        {"pipeline: a new size gets a new pool", a_new_size_gets_a_new_pool},
        {"pipeline: the pool survives a flushing seek", the_pool_survives_a_flushing_seek},
        {"pipeline: a decoder goes on after a flush", a_decoder_goes_on_after_a_flush},
        {"pipeline: a decoder that ignores the pool warns once",
         a_decoder_that_ignores_the_pool_warns_once},
        {"pipeline: a decoder that ignores the pool fails when strict",
         a_decoder_that_ignores_the_pool_fails_when_strict},
        {"pipeline: an upstream that never asks is named", an_upstream_that_never_asks_is_named},
        {"pipeline: a wrong heap name fails", a_wrong_heap_name_fails},
        {"pipeline: a wrong criterion fails, naming its property", a_wrong_criterion_fails},
        {"pipeline: a requirement that nothing meets fails",
         a_requirement_that_nothing_meets_fails},
        {"pipeline: no permission fails", no_permission_fails},
        {"pipeline: no heap at all fails", no_heap_at_all_fails},
        {"pipeline: an exhausted heap fails with the library's message",
         exhaustion_fails_with_the_library_message},
        {"pipeline: an exhausted heap fails under a decoder, too",
         exhaustion_under_a_decoder_fails},
    };
}
