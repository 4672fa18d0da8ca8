// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <drm/drm.h>
#include <drm/vgem_drm.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include "board.h"
#include "gstheapselplace.h"

namespace {

using board::acquire;
using board::ask;
using board::first_offer;

constexpr const char* own_element = "heapsel name=h heap=system";

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

guint64 inode_of(GstBuffer* buffer) {
    return gstheapsel::place_of(gst_buffer_peek_memory(buffer, 0)).inode;
}

void a_new_pool_takes_the_memory_of_the_one_before() {
    const auto h = board::harness(own_element);
    const char* larger = "video/x-raw,format=NV12,width=1280,height=720,framerate=30/1";
    std::vector<guint64> inodes;
    for (const char* caps : {larger, board::nv12}) {
        gst_harness_set_src_caps_str(h.get(), caps);
        const auto offer = first_offer(ask(h.get(), caps).get());
        check::that(board::start(offer.pool.get(), caps, offer.size, 1), "it did not start");
        const auto buffer = acquire(offer.pool.get());
        check::equal(gst_buffer_get_size(buffer.get()), gsize{offer.size}, "size");
        inodes.push_back(inode_of(buffer.get()));
        gst_buffer_pool_set_active(offer.pool.get(), FALSE);
    }
    check::equal(inodes[1], inodes[0], "the inode of the first dma-buf");
}

void a_configuration_that_was_changed_is_refused_once() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    const auto caps = board::caps(board::nv12);
    GstStructure* config = gst_buffer_pool_get_config(offer.pool.get());
    gst_buffer_pool_config_set_params(config, caps.get(), 1000, 0, 0);
    check::that(!gst_buffer_pool_set_config(offer.pool.get(), config), "1000 bytes are taken");
    config = gst_buffer_pool_get_config(offer.pool.get());
    guint size = 0;
    gst_buffer_pool_config_get_params(config, nullptr, &size, nullptr, nullptr);
    check::equal(size, 460800U, "size");
    check::that(gst_buffer_pool_set_config(offer.pool.get(), config), "its own word is refused");
}

void a_memory_that_is_kept_is_not_written_again() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 1, 1), "it did not start");
    const board::Buffer kept(gst_buffer_new());
    guint64 inode = 0;
    {
        const auto buffer = acquire(offer.pool.get());
        gst_buffer_append_memory(kept.get(), gst_buffer_get_memory(buffer.get(), 0));
        inode = inode_of(buffer.get());
    }
    {
        const auto next = acquire(offer.pool.get());
        check::that(inode_of(next.get()) != inode, "it is the same dma-buf");
    }
    gst_buffer_memset(kept.get(), 0, 0x5a, offer.size); // It is still there.
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

void max_buffers_is_the_most_there_is() {
    const auto h = board::harness("heapsel heap=system max-buffers=2");
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::equal(offer.max_buffers, 2U, "maximum");
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 0, 2), "it did not start");
    {
        const auto first = acquire(offer.pool.get());
        const auto second = acquire(offer.pool.get());
        GstBuffer* third = nullptr;
        GstBufferPoolAcquireParams params{};
        params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
        check::equal(
            static_cast<int>(gst_buffer_pool_acquire_buffer(offer.pool.get(), &third, &params)),
            static_cast<int>(GST_FLOW_EOS), "the flow of a third");
    }
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

void flushing_ends_the_wait() {
    const auto h = board::harness("heapsel heap=system max-buffers=1");
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 0, 1), "it did not start");
    {
        const auto held = acquire(offer.pool.get());
        std::thread flush([&] {
            g_usleep(100000);
            gst_buffer_pool_set_flushing(offer.pool.get(), TRUE);
        });
        GstBuffer* none = nullptr;
        const auto flow = gst_buffer_pool_acquire_buffer(offer.pool.get(), &none, nullptr);
        flush.join();
        check::equal(static_cast<int>(flow), static_cast<int>(GST_FLOW_FLUSHING), "the flow");
        gst_buffer_pool_set_flushing(offer.pool.get(), FALSE);
    }
    (void)acquire(offer.pool.get());
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

/// Writes its number into a buffer, and finds it there as long as it has the buffer.
void write_and_read(GstBufferPool* pool, guint8 number) {
    for (int round = 0; round < 200; ++round) {
        const auto buffer = acquire(pool);
        gst_buffer_memset(buffer.get(), 0, number, 64);
        std::this_thread::yield();
        GstMapInfo map;
        check::that(gst_buffer_map(buffer.get(), &map, GST_MAP_READ), "it cannot be mapped");
        const bool ours =
            std::all_of(map.data, map.data + 64, [number](guint8 byte) { return byte == number; });
        gst_buffer_unmap(buffer.get(), &map);
        check::that(ours, "another thread has the same buffer");
    }
}

void threads_share_a_pool() {
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    // Fewer than threads, so that some wait.
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 1, 3), "it did not start");
    {
        std::vector<std::future<void>> all;
        for (guint8 number = 1; number <= 4; ++number)
            all.push_back(std::async(std::launch::async,
                                     [&, number] { write_and_read(offer.pool.get(), number); }));
        for (auto& thread : all)
            thread.get();
    }
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
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

/// A fence on a dma-buf, put there through the kernel's virtual GEM device, and signalled by us.
class Fence {
  public:
    Fence() : drm_(open_vgem()) {}
    ~Fence() { close(drm_); }
    Fence(const Fence&) = delete;
    Fence& operator=(const Fence&) = delete;

    void attach(int dmabuf) {
        drm_prime_handle import{};
        import.fd = dmabuf;
        check::equal(ioctl(drm_, DRM_IOCTL_PRIME_FD_TO_HANDLE, &import), 0, "import into vgem");
        drm_vgem_fence_attach attach{};
        attach.handle = import.handle;
        attach.flags = VGEM_FENCE_WRITE;
        check::equal(ioctl(drm_, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach), 0, "attach a fence");
        fence_ = attach.out_fence;
    }
    void signal() {
        drm_vgem_fence_signal signal{};
        signal.fence = fence_;
        check::equal(ioctl(drm_, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal), 0, "signal the fence");
    }

  private:
    static int open_vgem() {
        for (const char* path : {"/dev/dri/card0", "/dev/dri/card1", "/dev/dri/card2"}) {
            const int fd = open(path, O_RDWR | O_CLOEXEC);
            char name[8] = {};
            drm_version version{};
            version.name = name;
            version.name_len = sizeof name - 1;
            if (fd >= 0 && ioctl(fd, DRM_IOCTL_VERSION, &version) == 0 &&
                std::string(name) == "vgem")
                return fd;
            if (fd >= 0)
                close(fd);
        }
        throw check::Skipped("there is no vgem");
    }

    int drm_;
    guint32 fence_ = 0;
};

/// A buffer of the pool is returned while a device uses it.
void return_busy(GstBufferPool* pool, Fence& fence) {
    const auto buffer = acquire(pool);
    fence.attach(gst_dmabuf_memory_get_fd(gst_buffer_peek_memory(buffer.get(), 0)));
}

void a_buffer_in_use_by_a_device_is_not_handed_out() {
    Fence fence;
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 1, 1), "it did not start");
    return_busy(offer.pool.get(), fence);
    GstBuffer* busy = nullptr;
    GstBufferPoolAcquireParams params{};
    params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
    check::equal(static_cast<int>(gst_buffer_pool_acquire_buffer(offer.pool.get(), &busy, &params)),
                 static_cast<int>(GST_FLOW_EOS), "the flow without waiting");

    std::thread device([&] {
        g_usleep(200000);
        fence.signal();
    });
    const gint64 before = g_get_monotonic_time();
    const auto again = acquire(offer.pool.get());
    device.join();
    check::that(g_get_monotonic_time() - before > 150000, "it did not wait for the device");
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
}

void a_buffer_in_use_by_a_device_blocks_no_idle_one() {
    Fence fence;
    const auto h = board::harness(own_element);
    gst_harness_set_src_caps_str(h.get(), board::nv12);
    const auto offer = first_offer(ask(h.get(), board::nv12).get());
    check::that(board::start(offer.pool.get(), board::nv12, offer.size, 2, 2), "it did not start");
    return_busy(offer.pool.get(), fence);
    GstBuffer* idle = nullptr;
    GstBufferPoolAcquireParams params{};
    params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
    check::equal(static_cast<int>(gst_buffer_pool_acquire_buffer(offer.pool.get(), &idle, &params)),
                 static_cast<int>(GST_FLOW_OK), "the flow without waiting");
    gst_buffer_unref(idle);
    fence.signal();
    gst_buffer_pool_set_active(offer.pool.get(), FALSE);
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
        {"allocation: an absurd alignment is refused", an_absurd_alignment_is_refused},
        {"allocation: the same query gets the same pool", the_same_query_gets_the_same_pool},
        {"allocation: a new pool takes the memory of the one before",
         a_new_pool_takes_the_memory_of_the_one_before},
        {"allocation: a configuration that was changed is refused once",
         a_configuration_that_was_changed_is_refused_once},
        {"allocation: a memory that is kept is not written again",
         a_memory_that_is_kept_is_not_written_again},
        {"allocation: max-buffers is the most there is", max_buffers_is_the_most_there_is},
        {"allocation: flushing ends the wait", flushing_ends_the_wait},
        {"allocation: threads share a pool", threads_share_a_pool},
        {"allocation: a sink that takes anything is seen as such",
         a_sink_that_takes_anything_is_seen_as_such},
        {"allocation: linear formats come first", linear_formats_come_first},
        {"allocation: an allocator is there by name", an_allocator_is_there_by_name},
        {"allocation: buffers are counted by origin", buffers_are_counted_by_origin},
        {"allocation: a buffer in use by a device is not handed out",
         a_buffer_in_use_by_a_device_is_not_handed_out},
        {"allocation: a buffer in use by a device blocks no idle one",
         a_buffer_in_use_by_a_device_blocks_no_idle_one},
        {"allocation: absurd lengths do not allocate", absurd_lengths_do_not_allocate},
    };
}
