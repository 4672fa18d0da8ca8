// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

#include <format>
#include <memory>
#include <string>

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include "board.h"
#include "gstheapselcopiesmemory.h"
#include "gstheapselcopiesobserver.h"
#include "gstheapselcopiestable.h"

namespace {

namespace copies = gstheapsel::copies;
using copies::Verdict;
using copies::Where;

constexpr Where heap{"video@50000000", true};
constexpr Where other_heap{"nonecc@58000000", true};
constexpr Where memory{"system memory", false};

std::string verdict(const copies::Output& output) {
    return copies::word_of(copies::judge(output));
}

void what_was_given_is_passed() {
    for (const Where& where : {heap, memory})
        check::equal(verdict({.from = where, .to = where, .was_given = true}), "passed", "verdict");
}

void without_an_input_a_frame_is_made() {
    check::equal(verdict({.from = {}, .to = heap}), "made", "verdict");
    check::equal(verdict({.from = {}, .to = heap, .by_cpu = true}), "copied",
                 "verdict on a copy out of buffers of its own");
}

void what_is_new_is_named_by_where_it_came_from() {
    check::equal(verdict({.from = heap, .to = heap}), "moved", "verdict within one heap");
    check::equal(verdict({.from = heap, .to = other_heap}), "moved", "verdict between heaps");
    check::equal(verdict({.from = heap, .to = memory}), "copied-out", "verdict");
    check::equal(verdict({.from = memory, .to = heap}), "copied-in", "verdict");
    check::equal(verdict({.from = memory, .to = memory}), "copied", "verdict");
}

void a_pipeline_without_copies_is_one_line() {
    const std::vector<copies::Account> accounts{{"decoder", {{Verdict::made, {}, heap, 60, 600}}},
                                                {"queue", {{Verdict::passed, heap, heap, 60, 600}}},
                                                {"sink", {{Verdict::taken, heap, {}, 60, 600}}}};
    check::equal(copies::summary("p", accounts, false),
                 "heapsel-copies: p: no frame was moved or copied: decoder made 60 frames in "
                 "video@50000000\n",
                 "summary");
    check::equal(copies::summary("p", {}, false), "heapsel-copies: p: no raw video\n", "summary");
}

void a_copy_is_a_table() {
    const std::vector<copies::Account> accounts{
        {"source", {{Verdict::made, {}, memory, 3, 300}}},
        {"queue", {{Verdict::passed, memory, memory, 3, 300}}},
        {"converter", {{Verdict::copied_in, memory, heap, 3, 1200}}}};
    const std::string head = "heapsel-copies: p: 1 element moved or copied frames\n"
                             "  element    what it did  from           to              frames  "
                             "bytes a frame\n"
                             "  source     made         -              system memory        3  "
                             "          100\n";
    const std::string passed = "  queue      passed       system memory  system memory        3  "
                               "          100\n";
    const std::string tail = "  converter  copied in    system memory  video@50000000       3  "
                             "          400\n";
    check::equal(copies::summary("p", accounts, false), head + tail, "summary");
    check::equal(copies::summary("p", accounts, true), head + passed + tail, "summary");
}

void names_are_made_printable() {
    const std::string text =
        copies::summary("p", {{"a\n", {{Verdict::made, {}, {"\x1b[2J", true}, 1, 1}}}}, false);
    check::contains(text, "a\\x0a made 1 frames in \\x1b[2J");
}

board::Buffer buffer_of(GstMemory* part) {
    board::Buffer buffer(gst_buffer_new());
    gst_buffer_append_memory(buffer.get(), part);
    return buffer;
}

void a_part_of_a_memory_is_the_memory() {
    const board::Buffer whole = buffer_of(gst_allocator_alloc(nullptr, 100, nullptr));
    copies::give(whole.get(), 1);
    const board::Buffer part(gst_buffer_copy_region(whole.get(), GST_BUFFER_COPY_MEMORY, 20, 30));
    const copies::Frame given = copies::look_at(part.get(), 1);
    check::equal(std::string(given.where.name), "system memory", "name");
    check::that(!given.where.dmabuf, "it is a dma-buf");
    check::equal(given.bytes, std::uint64_t{30}, "bytes");
    check::equal(given.fresh, std::uint64_t{0}, "fresh bytes for the one it was given to");
    check::equal(copies::look_at(part.get(), 2).fresh, std::uint64_t{30}, "fresh bytes for others");
}

void a_copy_of_a_memory_is_another() {
    const board::Buffer buffer = buffer_of(gst_allocator_alloc(nullptr, 100, nullptr));
    copies::give(buffer.get(), 1);
    const board::Buffer copy(gst_buffer_copy_deep(buffer.get()));
    check::equal(copies::look_at(copy.get(), 1).fresh, std::uint64_t{100}, "fresh bytes");
    // One plane is the same, the other one is not.
    gst_buffer_append_memory(copy.get(), gst_buffer_get_memory(buffer.get(), 0));
    const copies::Frame both = copies::look_at(copy.get(), 1);
    check::equal(both.bytes, std::uint64_t{200}, "bytes");
    check::equal(both.fresh, std::uint64_t{100}, "fresh bytes");
}

void a_tee_gives_one_memory_to_many() {
    const board::Buffer buffer = buffer_of(gst_allocator_alloc(nullptr, 100, nullptr));
    for (unsigned element = 1; element <= 40; ++element)
        copies::give(buffer.get(), element);
    for (unsigned element = 1; element <= 40; ++element)
        check::equal(copies::look_at(buffer.get(), element).fresh, std::uint64_t{0}, "fresh bytes");
}

int allocate() {
    const int heap_fd = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
    if (heap_fd < 0)
        throw check::Skipped("there is no heap to open");
    dma_heap_allocation_data data{};
    data.len = 4096;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    const int status = ioctl(heap_fd, DMA_HEAP_IOCTL_ALLOC, &data);
    close(heap_fd);
    check::that(status == 0, "nothing was allocated");
    return static_cast<int>(data.fd);
}

void a_dma_buf_is_known_whoever_wraps_it() {
    const board::Handle<GstAllocator> allocator(gst_dmabuf_allocator_new());
    const int fd = allocate();
    const int again = dup(fd);
    const board::Buffer one = buffer_of(gst_dmabuf_allocator_alloc(allocator.get(), fd, 4096));
    const board::Buffer two = buffer_of(gst_dmabuf_allocator_alloc(allocator.get(), again, 4096));
    copies::give(one.get(), 1);
    const copies::Frame given = copies::look_at(two.get(), 1);
    check::that(given.where.dmabuf, "it is no dma-buf");
    check::equal(std::string(given.where.name), "system", "name");
    check::equal(given.fresh, std::uint64_t{0}, "fresh bytes");
    const board::Buffer other =
        buffer_of(gst_dmabuf_allocator_alloc(allocator.get(), allocate(), 4096));
    check::equal(copies::look_at(other.get(), 1).fresh, std::uint64_t{4096}, "fresh bytes");
}

/// One element, whose pads have raw video.
class Subject {
  public:
    explicit Subject(const char* factory) : element_(gst_element_factory_make(factory, "e")) {
        gst_object_ref_sink(element_.get());
        for (const char* name : {"sink", "src"}) {
            const board::Handle<GstPad> pad(gst_element_get_static_pad(element_.get(), name));
            if (!pad)
                continue;
            gst_pad_set_active(pad.get(), TRUE);
            gst_pad_store_sticky_event(pad.get(), gst_event_new_stream_start("s"));
            gst_pad_store_sticky_event(pad.get(),
                                       gst_event_new_caps(board::caps(board::nv12).get()));
        }
    }

    [[nodiscard]] board::Handle<GstPad> pad(const char* name) const {
        return board::Handle<GstPad>(gst_element_get_static_pad(element_.get(), name));
    }

  private:
    board::Handle<GstElement> element_;
};

/// As "verdict from to frames bytes".
std::string told(copies::Observer& observer) {
    std::string text;
    const auto name = [](const Where& where) { return where.name != nullptr ? where.name : "-"; };
    for (const auto& account : observer.settle(nullptr))
        for (const auto& row : account.rows)
            text += std::format("{} {}: {} to {}, {} frames, {} bytes\n", account.element,
                                copies::word_of(row.verdict), name(row.from), name(row.to),
                                row.frames, row.bytes);
    return text;
}

board::Buffer frame() {
    return buffer_of(gst_allocator_alloc(nullptr, 460800, nullptr));
}

void copy_a_frame() {
    GstVideoInfo info;
    check::that(gst_video_info_from_caps(&info, board::caps(board::nv12).get()), "no caps");
    const board::Buffer from = frame();
    const board::Buffer to = frame();
    GstVideoFrame source;
    GstVideoFrame target;
    check::that(gst_video_frame_map(&source, &info, from.get(), GST_MAP_READ), "not mapped");
    check::that(gst_video_frame_map(&target, &info, to.get(), GST_MAP_WRITE), "not mapped");
    gst_video_frame_copy(&target, &source);
    gst_video_frame_unmap(&target);
    gst_video_frame_unmap(&source);
}

void a_copy_within_a_sink_is_told_each_time() {
    copies::Observer observer([](const copies::Event&) {});
    const Subject sink("fakesink");
    const auto pad = sink.pad("sink");
    const board::Buffer buffer = frame();
    for (const int copied : {2, 0, 1}) {
        observer.begins(pad.get(), buffer.get());
        for (int copy = 0; copy < copied; ++copy)
            copy_a_frame();
        observer.ends(pad.get(), GST_FLOW_OK);
    }
    copy_a_frame(); // Of nobody's.
    check::equal(told(observer),
                 "e copied: system memory to its own memory, 3 frames, 1382400 bytes\n"
                 "e taken: system memory to -, 1 frames, 460800 bytes\n",
                 "verdicts");
}

void a_frame_that_a_sink_refuses_is_not_taken() {
    copies::Observer observer([](const copies::Event&) {});
    const Subject sink("fakesink");
    const auto pad = sink.pad("sink");
    const board::Buffer buffer = frame();
    observer.begins(pad.get(), buffer.get());
    observer.ends(pad.get(), GST_FLOW_FLUSHING);
    check::equal(told(observer), "", "verdicts");
}

void a_source_that_copies_out_of_its_own_buffers_is_told() {
    copies::Observer observer([](const copies::Event&) {});
    const Subject source("identity"); // To which nothing comes.
    const auto pad = source.pad("src");
    for (const bool copied : {true, false}) {
        if (copied)
            copy_a_frame();
        observer.pushes(pad.get(), frame().get());
    }
    check::equal(told(observer),
                 "e copied: its own memory to system memory, 1 frames, 460800 bytes\n"
                 "e made: - to system memory, 1 frames, 460800 bytes\n",
                 "verdicts");
}

void a_list_is_counted_once_however_it_is_taken() {
    copies::Observer observer([](const copies::Event&) {});
    const Subject element("identity");
    const Subject sink("fakesink");
    const auto in = element.pad("sink");
    const auto out = element.pad("src");
    const auto end = sink.pad("sink");
    const std::unique_ptr<GstBufferList, void (*)(GstBufferList*)> list(gst_buffer_list_new(),
                                                                        gst_buffer_list_unref);
    for (int index = 0; index < 2; ++index)
        gst_buffer_list_add(list.get(), frame().release());

    observer.begins(in.get(), list.get());
    observer.pushes(out.get(), list.get());
    observer.begins(end.get(), list.get()); // As one.
    observer.ends(end.get(), GST_FLOW_OK);
    observer.begins(end.get(), list.get()); // As the default chain function takes it apart.
    for (guint index = 0; index < 2; ++index) {
        observer.begins(end.get(), gst_buffer_list_get(list.get(), index));
        observer.ends(end.get(), GST_FLOW_OK);
    }
    observer.ends(end.get(), GST_FLOW_OK);
    observer.ends(in.get(), GST_FLOW_OK);
    check::equal(told(observer),
                 "e passed: system memory to system memory, 2 frames, 921600 bytes\n"
                 "e taken: system memory to -, 4 frames, 1843200 bytes\n",
                 "verdicts");
}

} // namespace

std::vector<check::Test> copies_tests() {
    return {
        {"copies: what was given is passed", what_was_given_is_passed},
        {"copies: without an input a frame is made", without_an_input_a_frame_is_made},
        {"copies: what is new is named by where it came from",
         what_is_new_is_named_by_where_it_came_from},
        {"copies: a pipeline without copies is one line", a_pipeline_without_copies_is_one_line},
        {"copies: a copy is a table", a_copy_is_a_table},
        {"copies: names are made printable", names_are_made_printable},
        {"copies: a part of a memory is the memory", a_part_of_a_memory_is_the_memory},
        {"copies: a copy of a memory is another", a_copy_of_a_memory_is_another},
        {"copies: a tee gives one memory to many", a_tee_gives_one_memory_to_many},
        {"copies: a dma-buf is known whoever wraps it", a_dma_buf_is_known_whoever_wraps_it},
        {"copies: a copy within a sink is told each time", a_copy_within_a_sink_is_told_each_time},
        {"copies: a frame that a sink refuses is not taken",
         a_frame_that_a_sink_refuses_is_not_taken},
        {"copies: a source that copies out of its own buffers is told",
         a_source_that_copies_out_of_its_own_buffers_is_told},
        {"copies: a list is counted once, however it is taken",
         a_list_is_counted_once_however_it_is_taken},
    };
}
