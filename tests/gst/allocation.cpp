// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

#include <string>
#include <utility>
#include <vector>

#include <dlfcn.h>

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include "board.h"
#include "gstheapselplace.h"

namespace {

using board::acquire;
using board::ask;
using board::first_offer;
using board::own_element;

void the_pool_is_first_and_may_grow() {
    const auto h = board::harness(own_element);
    for (const char* caps : {board::nv12, board::drm_nv12}) {
        gst_harness_set_src_caps_str(h.get(), caps);
        const auto query = ask(h.get(), caps);
        const auto offer = first_offer(query.get());
        check::that(offer.pool != nullptr, "the first pool is null");
        check::equal(std::string(G_OBJECT_TYPE_NAME(offer.pool.get())), "GstHeapselPool", "type");
        check::equal(offer.size, 460800U, "size");
        check::equal(offer.max_buffers, 0U, "maximum");
        check::that(gst_query_get_n_allocation_params(query.get()) == 1, "not one allocator");
    }
}

void a_picture_is_one_memory_at_offset_zero() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::drm_nv12);
    const auto offer = first_offer(ask(h.get(), board::drm_nv12).get());
    check::that(board::start(offer.pool.get(), board::drm_nv12, offer.size, 2), "it did not start");
    {
        const auto buffer = acquire(offer.pool.get());
        check::equal(gst_buffer_n_memory(buffer.get()), 1U, "memories");
        GstMemory* memory = gst_buffer_peek_memory(buffer.get(), 0);
        check::that(gst_is_dmabuf_memory(memory), "it is no dma-buf");
        check::equal(memory->offset, gsize{0}, "offset");
        const GstVideoMeta* meta = gst_buffer_get_video_meta(buffer.get());
        check::that(meta != nullptr, "there is no GstVideoMeta");
        check::equal(static_cast<int>(meta->format), static_cast<int>(GST_VIDEO_FORMAT_NV12),
                     "format");
        check::equal(meta->n_planes, 2U, "planes");
        check::equal(meta->offset[1], gsize{307200}, "offset of the second plane");
    }
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

void the_pool_follows_the_coded_size() {
    const char* caps = "video/x-raw,format=NV12,width=700,height=500,framerate=30/1";
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), caps);
    const auto offer = first_offer(ask(h.get(), caps).get());
    check::that(board::start(offer.pool.get(), caps, 704 * 504 * 3 / 2, 2), "it did not start");
    {
        const auto buffer = acquire(offer.pool.get());
        const GstVideoMeta* meta = gst_buffer_get_video_meta(buffer.get());
        check::equal(meta->stride[0], 704, "stride");
        check::equal(meta->offset[1], gsize{704 * 504}, "offset of the second plane");
        check::equal(meta->width, 700U, "width");
        check::equal(gst_buffer_get_size(buffer.get()), gsize{704 * 504 * 3 / 2}, "size");
    }
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

void a_picture_survives_the_mapping() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 1), "it did not start");
    {
        const auto buffer = acquire(offer.pool.get());
        gst_buffer_memset(buffer.get(), 0, 0x5a, offer.size);
        guint8 last = 0;
        gst_buffer_extract(buffer.get(), offer.size - 1, &last, 1);
        check::equal(static_cast<int>(last), 0x5a, "last byte");
    }
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

void without_need_pool_only_the_allocator_is_offered() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto query = ask(h.get(), board::nv12, false);
    const auto offer = first_offer(query.get());
    check::that(offer.pool == nullptr, "there is a pool");
    check::equal(offer.size, 460800U, "size");

    GstAllocator* allocator = nullptr;
    gst_query_parse_nth_allocation_param(query.get(), 0, &allocator, nullptr);
    const board::Handle<GstAllocator> owned(allocator);
    check::that(allocator != nullptr, "there is no allocator");
    GstMemory* memory = gst_allocator_alloc(allocator, 4096, nullptr);
    check::that(memory != nullptr && gst_is_dmabuf_memory(memory), "it does not allocate");
    gst_memory_unref(memory);
}

void senseless_queries_are_refused() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    check::that(ask(h.get(), nullptr) == nullptr, "a query without caps is answered");
    check::that(ask(h.get(), "video/x-raw,format=NV12,width=0,height=0") == nullptr,
                "a query for no area is answered");
    check::that(ask(h.get(), "video/x-raw,format=NV12,width=2147483647,height=2147483647") ==
                    nullptr,
                "a query that overflows is answered");
    check::that(ask(h.get(), board::nv12) != nullptr, "the next query is refused");
}

void downstream_keeps_its_wishes() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    GstVideoAlignment align{};
    align.stride_align[0] = align.stride_align[1] = 255;
    GstStructure* params = gst_structure_new_empty("video-meta");
    gst_buffer_pool_config_set_video_alignment(params, &align);
    gst_harness_add_propose_allocation_meta(h.get(), GST_VIDEO_META_API_TYPE, params);
    gst_harness_add_propose_allocation_meta(h.get(), GST_VIDEO_CROP_META_API_TYPE, nullptr);
    gst_structure_free(params);

    const auto query = ask(h.get(), board::nv12);
    const auto offer = first_offer(query.get());
    check::equal(offer.size, 768U * 480U * 3U / 2U, "size");
    check::that(gst_query_find_allocation_meta(query.get(), GST_VIDEO_CROP_META_API_TYPE, nullptr),
                "the crop meta is lost");
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 1), "it did not start");
    check::equal(gst_buffer_get_video_meta(acquire(offer.pool.get()).get())->stride[0], 768,
                 "stride");
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

/// What a pool of the element has for a stride where a picture of 700 pixels, of one byte each, is
/// asked for.
int stride_of_700(GstHarness* h) {
    const char* caps = "video/x-raw,format=NV12,width=700,height=500,framerate=30/1";
    gst_harness_set_src_caps_str(h, caps);
    const auto offer = first_offer(ask(h, caps).get());
    check::that(board::start(offer.pool.get(), caps, offer.size, 1), "it did not start");
    const int stride = gst_buffer_get_video_meta(acquire(offer.pool.get()).get())->stride[0];
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
    return stride;
}

void lines_begin_as_aligned_as_the_memory() {
    const auto h = board::harness(own_element);
    gst_harness_add_propose_allocation_meta(h.get(), GST_VIDEO_META_API_TYPE, nullptr);
    GstAllocationParams params{};
    for (const gsize mask : {gsize{3}, gsize{63}}) {
        params.align = mask;
        gst_harness_set_propose_allocator(h.get(), nullptr, &params);
        check::equal(stride_of_700(h.get()), mask == 3 ? 700 : 704, "stride");
    }
}

void without_video_meta_lines_are_as_the_caps_say() {
    const auto h = board::harness(own_element);
    GstAllocationParams params{};
    params.align = 63;
    gst_harness_set_propose_allocator(h.get(), nullptr, &params);
    check::equal(stride_of_700(h.get()), 700, "stride");
}

/// A pool that GStreamer has since 1.28; before, one that is called so.
board::Pool video_dmabuf_pool() {
    if (const GType type = g_type_from_name("GstVideoDmabufPool"); type != 0)
        return board::Pool(GST_BUFFER_POOL(g_object_new(type, nullptr)));
    using Make = GstBufferPool* (*)();
    if (const auto make =
            reinterpret_cast<Make>(::dlsym(RTLD_DEFAULT, "gst_video_dmabuf_pool_new")))
        return board::Pool(make());
    GTypeInfo info{};
    info.class_size = sizeof(GstVideoBufferPoolClass);
    info.instance_size = sizeof(GstVideoBufferPool);
    const GType type =
        g_type_register_static(GST_TYPE_VIDEO_BUFFER_POOL, "GstVideoDmabufPool", &info, {});
    return board::Pool(GST_BUFFER_POOL(g_object_new(type, nullptr)));
}

/// Answers an ALLOCATION query with a pool and GstVideoMeta, as sinks do whose GPU reads what the
/// CPU has written.
GstPadProbeReturn offer_pool(GstPad*, GstPadProbeInfo* info, gpointer pool) {
    GstQuery* query = gst_pad_probe_info_get_query(info);
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION)
        return GST_PAD_PROBE_OK;
    gst_query_add_allocation_pool(query, static_cast<GstBufferPool*>(pool), 700 * 500 * 3 / 2, 0,
                                  0);
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
    return GST_PAD_PROBE_HANDLED;
}

void lines_for_a_gpu_are_as_in_its_own_pool() {
    const board::Pool video(gst_video_buffer_pool_new());
    const auto dmabuf = video_dmabuf_pool();
    for (const auto& [pool, stride] : {std::pair(video.get(), 700), std::pair(dmabuf.get(), 768)}) {
        const auto h = board::harness(own_element);
        gst_pad_add_probe(h->sinkpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, offer_pool, pool,
                          nullptr);
        check::equal(stride_of_700(h.get()), stride, G_OBJECT_TYPE_NAME(pool));
    }
}

void an_absurd_alignment_is_refused() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    GstVideoAlignment align{};
    align.padding_right = 0xfffffff0;
    GstStructure* params = gst_structure_new_empty("video-meta");
    gst_buffer_pool_config_set_video_alignment(params, &align);
    gst_harness_add_propose_allocation_meta(h.get(), GST_VIDEO_META_API_TYPE, params);
    gst_structure_free(params);
    check::that(ask(h.get(), board::nv12) == nullptr, "it is answered");
}

void the_same_query_gets_the_same_pool() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto first = first_offer(ask(h.get(), board::nv12).get());
    const auto again = first_offer(ask(h.get(), board::nv12).get());
    check::that(first.pool == again.pool, "it is another pool");
    const char* larger = "video/x-raw,format=NV12,width=1280,height=720,framerate=30/1";
    gst_harness_set_src_caps_str(h.get(), larger);
    const auto second = first_offer(ask(h.get(), larger).get());
    check::that(first.pool != second.pool, "it is the same pool");
    check::equal(second.size, 1280U * 720U * 3U / 2U, "size");
}

void a_sink_that_takes_anything_is_seen_as_such() {
    const auto h = board::harness(own_element);
    GstCaps* caps = gst_pad_peer_query_caps(h->srcpad, nullptr);
    const board::Caps all(caps);
    check::that(gst_caps_is_any(caps), "the caps are not ANY");
}

void linear_formats_come_first() {
    const auto h = board::harness(own_element);
    gst_harness_set_sink_caps_str(
        h.get(), "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format={(string)NV12:0x01,"
                 "(string)NV12,(string)XR24:0x02,(string)XR24},width=64,height=64,framerate=30/1");
    const board::Caps caps(gst_pad_peer_query_caps(h->srcpad, nullptr));
    gchar* text = gst_caps_to_string(caps.get());
    const std::string all(text);
    g_free(text);
    check::that(all.find("NV12:") > all.find("XR24"), all);
    check::contains(all, "XR24:");
}

void an_allocator_is_there_by_name() {
    const board::Handle<GstElement> loads(gst_element_factory_make("heapsel", nullptr));
    const board::Handle<GstAllocator> allocator(gst_allocator_find("heapsel"));
    check::that(allocator != nullptr, "there is none");
    GstMemory* memory = gst_allocator_alloc(allocator.get(), 4096, nullptr);
    check::that(memory != nullptr && gst_is_dmabuf_memory(memory), "it does not allocate");
    gst_memory_unref(memory);
}

/// Pushes `buffer`, and throws its copy at the other end away.
void pass(GstHarness* h, GstBuffer* buffer) {
    check::equal(static_cast<int>(gst_harness_push(h, buffer)), static_cast<int>(GST_FLOW_OK),
                 "flow");
    gst_buffer_unref(gst_harness_pull(h));
}

/// A buffer in a heap that is not "system".
GstBuffer* from_another_heap(gsize size) {
    const auto other = board::harness("heapsel require=contiguous");
    gst_harness_set_src_caps_str(other.get(), board::nv12);
    const board::Handle<GstElement> element(gst_harness_find_element(other.get(), "heapsel"));
    GstAllocator* found = nullptr;
    g_object_get(element.get(), "allocator", &found, nullptr);
    const board::Handle<GstAllocator> allocator(found);
    check::that(found != nullptr, "the element has no allocator");
    return gst_buffer_new_allocate(found, size, nullptr);
}

void buffers_are_counted_by_origin() {
    const auto h = board::harness(own_element);
    const board::Handle<GstElement> counted(gst_harness_find_element(h.get(), "heapsel"));
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 1), "it did not start");
    const board::Handle<GstAllocator> wrapper(gst_dmabuf_allocator_new());

    auto own = acquire(offer.pool.get());
    const int fd = gst_dmabuf_memory_get_fd(gst_buffer_peek_memory(own.get(), 0));
    GstBuffer* wrapped = gst_buffer_new();
    gst_buffer_append_memory(wrapped,
                             gst_dmabuf_allocator_alloc_with_flags(wrapper.get(), fd, offer.size,
                                                                   GST_FD_MEMORY_FLAG_DONT_CLOSE));
    pass(h.get(), wrapped);
    pass(h.get(), own.release());
    pass(h.get(), gst_buffer_new_allocate(nullptr, offer.size, nullptr));
    pass(h.get(), gst_buffer_new());

    const auto other = board::harness(own_element);
    gst_harness_set_src_caps_str(other.get(), board::nv12);
    const auto elsewhere = first_offer(ask(other.get(), board::nv12).get());
    check::that(board::start(elsewhere.pool.get(), board::nv12, offer.size, 1), "it did not start");
    pass(h.get(), acquire(elsewhere.pool.get()).release());

    pass(h.get(), from_another_heap(offer.size));

    check::equal(board::counter(G_OBJECT(counted.get()), "buffers-pool"), guint64{2}, "pool");
    check::equal(board::counter(G_OBJECT(counted.get()), "buffers-placed"), guint64{1}, "placed");
    check::equal(board::counter(G_OBJECT(counted.get()), "buffers-elsewhere"), guint64{1},
                 "elsewhere");
    check::equal(board::counter(G_OBJECT(counted.get()), "buffers-system"), guint64{1}, "system");
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
    gst_buffer_pool_set_active(elsewhere.pool.get(), FALSE);
}

void absurd_lengths_do_not_allocate() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    GstAllocator* allocator = nullptr;
    gst_query_parse_nth_allocation_param(ask(h.get(), board::nv12).get(), 0, &allocator, nullptr);
    const board::Handle<GstAllocator> owned(allocator);
    check::that(gst_allocator_alloc(allocator, 0, nullptr) == nullptr, "0 bytes");
    check::that(gst_allocator_alloc(allocator, G_MAXSIZE, nullptr) == nullptr, "all bytes");
    GstAllocationParams params{};
    params.padding = G_MAXSIZE;
    check::that(gst_allocator_alloc(allocator, 4096, &params) == nullptr, "padding overflows");
    params = {};
    params.align = 65535;
    check::that(gst_allocator_alloc(allocator, 4096, &params) == nullptr, "aligned to 64 KiB");
}

} // namespace

std::vector<check::Test> allocation_tests() {
    return {
        {"allocation: our pool is first and may grow", the_pool_is_first_and_may_grow},
        {"allocation: a picture is one memory at offset 0", a_picture_is_one_memory_at_offset_zero},
        {"allocation: the pool follows the coded size", the_pool_follows_the_coded_size},
        {"allocation: a picture survives the mapping", a_picture_survives_the_mapping},
        {"allocation: without need-pool only the allocator is offered",
         without_need_pool_only_the_allocator_is_offered},
        {"allocation: senseless queries are refused", senseless_queries_are_refused},
        {"allocation: downstream keeps its metas and alignment", downstream_keeps_its_wishes},
        {"allocation: lines begin as aligned as the memory", lines_begin_as_aligned_as_the_memory},
        {"allocation: without GstVideoMeta lines are as the caps say",
         without_video_meta_lines_are_as_the_caps_say},
        {"allocation: lines for a GPU are as in its own pool",
         lines_for_a_gpu_are_as_in_its_own_pool},
        {"allocation: an absurd alignment is refused", an_absurd_alignment_is_refused},
        {"allocation: the same query gets the same pool", the_same_query_gets_the_same_pool},
        {"allocation: a sink that takes anything is seen as such",
         a_sink_that_takes_anything_is_seen_as_such},
        {"allocation: linear formats come first", linear_formats_come_first},
        {"allocation: an allocator is there by name", an_allocator_is_there_by_name},
        {"allocation: buffers are counted by origin", buffers_are_counted_by_origin},
        {"allocation: absurd lengths do not allocate", absurd_lengths_do_not_allocate},
    };
}
