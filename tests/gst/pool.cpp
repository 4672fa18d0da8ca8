// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

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

#include "board.h"
#include "gstheapselplace.h"

namespace {

using board::acquire;
using board::ask;
using board::first_offer;
using board::own_element;

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

} // namespace

std::vector<check::Test> pool_tests() {
    return {
        {"pool: a new pool takes the memory of the one before",
         a_new_pool_takes_the_memory_of_the_one_before},
        {"pool: a configuration that was changed is refused once",
         a_configuration_that_was_changed_is_refused_once},
        {"pool: a memory that is kept is not written again",
         a_memory_that_is_kept_is_not_written_again},
        {"pool: max-buffers is the most there is", max_buffers_is_the_most_there_is},
        {"pool: flushing ends the wait", flushing_ends_the_wait},
        {"pool: threads share a pool", threads_share_a_pool},
        {"pool: a buffer in use by a device is not handed out",
         a_buffer_in_use_by_a_device_is_not_handed_out},
        {"pool: a buffer in use by a device blocks no idle one",
         a_buffer_in_use_by_a_device_blocks_no_idle_one},
    };
}
