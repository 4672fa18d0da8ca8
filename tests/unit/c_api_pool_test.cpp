// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/pool.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

#include <drm/drm_fourcc.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <poll.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "fake_heap.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

test::OwnedLayout frame(std::uint32_t width, heapsel_placement placement) {
    return made_by<test::OwnedLayout>(heapsel_layout_create, std::uint32_t{DRM_FORMAT_NV12}, width,
                                      480U, 64U, 1U, 4096U, placement);
}

TEST(CApiLayout, SaysWhereThePlanesAre) {
    const auto layout = frame(700, HEAPSEL_PLACEMENT_ONE_BUFFER);
    const BufferLayout expected =
        buffer_layout(DRM_FORMAT_NV12, 700, 480, {.stride = 64, .size = 4096}).value();
    ASSERT_EQ(heapsel_layout_plane_count(layout.get()), 2U);
    EXPECT_EQ(heapsel_layout_plane_stride(layout.get(), 0), 704U);
    EXPECT_EQ(heapsel_layout_plane_buffer(layout.get(), 1), 0U);
    EXPECT_EQ(heapsel_layout_plane_offset(layout.get(), 1), expected.planes[1].offset);
    EXPECT_EQ(heapsel_layout_plane_size(layout.get(), 0), expected.planes[0].size);
    ASSERT_EQ(heapsel_layout_buffer_count(layout.get()), 1U);
    EXPECT_EQ(heapsel_layout_buffer_size(layout.get(), 0), expected.buffer_sizes[0]);
    const auto apart = frame(700, HEAPSEL_PLACEMENT_BUFFER_PER_PLANE);
    EXPECT_EQ(heapsel_layout_buffer_count(apart.get()), 2U);
    EXPECT_EQ(heapsel_layout_plane_buffer(apart.get(), 1), 1U);
    const auto plain = made_by<test::OwnedLayout>(heapsel_layout_create_plain, 1234U);
    EXPECT_EQ(heapsel_layout_buffer_size(plain.get(), 0), 1234U);
}

TEST(CApiLayout, PastTheEndIsNothing) {
    const auto layout = frame(640, HEAPSEL_PLACEMENT_ONE_BUFFER);
    EXPECT_EQ(heapsel_layout_plane_buffer(layout.get(), 2), 0U);
    EXPECT_EQ(heapsel_layout_plane_offset(layout.get(), 2), 0U);
    EXPECT_EQ(heapsel_layout_plane_stride(layout.get(), 2), 0U);
    EXPECT_EQ(heapsel_layout_plane_size(layout.get(), 2), 0U);
    EXPECT_EQ(heapsel_layout_buffer_size(layout.get(), 1), 0U);
}

TEST(CApiLayout, OfV4l2sFormatIsThatOfDrms) {
    EXPECT_EQ(heapsel_format_of_v4l2(V4L2_PIX_FMT_NV12M), DRM_FORMAT_NV12);
    EXPECT_EQ(heapsel_format_of_v4l2(V4L2_PIX_FMT_NV12), DRM_FORMAT_NV12);
}

TEST(CApiLayout, OfWhatCannotBeIsRefused) {
    heapsel_layout* layout = nullptr;
    const auto made = [&](std::uint32_t width, std::uint32_t stride, heapsel_placement placement) {
        return calling(heapsel_layout_create, std::uint32_t{DRM_FORMAT_NV12}, width, 480U, stride,
                       1U, 1U, placement, &layout);
    };
    EXPECT_EQ(made(0, 1, HEAPSEL_PLACEMENT_ONE_BUFFER),
              buffer_layout(DRM_FORMAT_NV12, 0, 480).error().message());
    EXPECT_EQ(made(640, 0, HEAPSEL_PLACEMENT_ONE_BUFFER),
              buffer_layout(DRM_FORMAT_NV12, 640, 480, {.stride = 0}).error().message());
    EXPECT_EQ(made(640, 1, static_cast<heapsel_placement>(2)),
              "cannot call heapsel_layout_create (placement): Invalid argument. Its enum has no "
              "value 2: give one that the header names.");
    EXPECT_EQ(layout, nullptr);
}

class CApiPool : public testing::Test {
  protected:
    [[nodiscard]] test::OwnedPool pool(std::size_t max) const {
        return made_by<test::OwnedPool>(heapsel_pool_create, allocator_.get(), layout_.get(), 1U,
                                        max, "frames");
    }
    [[nodiscard]] static test::OwnedLease acquire(const test::OwnedPool& pool) {
        return made_by<test::OwnedLease>(heapsel_pool_acquire, pool.get(), "decoder", 0U);
    }

    test::FakeHeap kernel_;
    test::OwnedAllocator allocator_ = test::allocator_of_a_fake_heap();
    test::OwnedLayout layout_ = frame(640, HEAPSEL_PLACEMENT_BUFFER_PER_PLANE);
};

TEST_F(CApiPool, OutlivesWhatItWasMadeOf) {
    const auto frames = pool(2);
    allocator_.reset();
    layout_.reset();
    EXPECT_EQ(heapsel_pool_size(frames.get()), 1U);
    const auto first = acquire(frames);
    const auto second = acquire(frames);
    EXPECT_EQ(heapsel_pool_size(frames.get()), 2U);
    EXPECT_EQ(heapsel_lease_index(second.get()), 1U);
    EXPECT_NE(heapsel_lease_serial(first.get()), heapsel_lease_serial(second.get()));
    EXPECT_EQ(heapsel_layout_buffer_count(heapsel_lease_layout(second.get())), 2U);
}

TEST_F(CApiPool, KeepsIndexDescriptorAndSerialOfAFrame) {
    const auto frames = pool(1);
    auto lease = acquire(frames);
    const auto serial = heapsel_lease_serial(lease.get());
    const int fd = heapsel_lease_fd(lease.get(), 1);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(heapsel_lease_fd(lease.get(), 2), -1);
    lease.reset();
    const auto smaller = frame(320, HEAPSEL_PLACEMENT_BUFFER_PER_PLANE);
    EXPECT_EQ(calling(heapsel_pool_reconfigure, frames.get(), smaller.get()), "0");
    lease = acquire(frames);
    EXPECT_EQ(heapsel_lease_serial(lease.get()), serial);
    EXPECT_EQ(heapsel_lease_fd(lease.get(), 1), fd);
    EXPECT_EQ(heapsel_layout_plane_stride(heapsel_lease_layout(lease.get()), 0), 320U);
}

TEST_F(CApiPool, AtItsLimitSaysWhoHoldsWhat) {
    const auto frames = pool(1);
    auto lease = acquire(frames);
    heapsel_lease* none = nullptr;
    heapsel_error* error = nullptr;
    EXPECT_EQ(heapsel_pool_acquire(frames.get(), "display", 0, &none, &error), -EAGAIN);
    const test::OwnedError owned(error);
    EXPECT_EQ(none, nullptr);
    const std::string said = heapsel_error_message(error);
    EXPECT_TRUE(said.contains(" (frames): ") && said.contains("0 by decoder for ")) << said;
    EXPECT_EQ(heapsel_pool_acquire(frames.get(), "display", 1, &none, nullptr), -ETIMEDOUT);
}

TEST_F(CApiPool, WaitsForAFrameThatAnotherThreadReturns) {
    const auto frames = pool(1);
    auto lease = acquire(frames);
    std::thread returning([&] { lease.reset(); });
    constexpr std::uint32_t enough = 30'000;
    const auto next =
        made_by<test::OwnedLease>(heapsel_pool_acquire, frames.get(), "display", enough);
    returning.join();
    EXPECT_EQ(heapsel_lease_index(next.get()), 0U);
}

TEST_F(CApiPool, ThatIsFlushingEndsAWait) {
    const auto frames = pool(1);
    const auto lease = acquire(frames);
    std::thread flushing([&] { heapsel_pool_set_flushing(frames.get(), true); });
    constexpr std::uint32_t enough = 30'000;
    heapsel_lease* none = nullptr;
    EXPECT_EQ(heapsel_pool_acquire(frames.get(), "display", enough, &none, nullptr), -ECANCELED);
    flushing.join();
    heapsel_pool_set_flushing(frames.get(), false);
    EXPECT_EQ(heapsel_pool_acquire(frames.get(), "display", 0, &none, nullptr), -EAGAIN);
}

TEST_F(CApiPool, GivesADescriptorThatTellsWhetherAFrameIsFree) {
    const auto frames = pool(1);
    pollfd asked{.fd = -1, .events = POLLIN, .revents = 0};
    EXPECT_EQ(calling(heapsel_pool_poll_fd, frames.get(), &asked.fd), "0");
    EXPECT_EQ(::poll(&asked, 1, 0), 1);
    auto lease = acquire(frames);
    EXPECT_EQ(::poll(&asked, 1, 0), 0);
    lease.reset();
    EXPECT_EQ(::poll(&asked, 1, 0), 1);
    int fd = 0;
    EXPECT_EQ(heapsel_pool_poll_fd(nullptr, &fd, nullptr), -EINVAL);
    EXPECT_EQ(fd, -1);
}

TEST_F(CApiPool, MayBeFreedBeforeItsFrames) {
    const auto before = test::open_fd_count();
    auto frames = pool(1);
    auto lease = acquire(frames);
    frames.reset();
    void* address = nullptr;
    EXPECT_EQ(calling(heapsel_lease_begin_access, lease.get(), 1U, HEAPSEL_ACCESS_WRITE,
                      HEAPSEL_FENCES_UNKNOWN, &address),
              "0");
    std::memset(address, 0x5a, heapsel_layout_buffer_size(heapsel_lease_layout(lease.get()), 1));
    lease.reset();
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST_F(CApiPool, BracketsAccessToEachDmaBufOfAFrame) {
    const auto frames = pool(1);
    const auto lease = acquire(frames);
    const auto begin = [&](std::size_t buffer, heapsel_access access, heapsel_fences fences) {
        return calling(heapsel_lease_begin_access, lease.get(), buffer, access, fences, nullptr);
    };
    EXPECT_EQ(begin(0, HEAPSEL_ACCESS_READ, HEAPSEL_FENCES_UNKNOWN), "0");
    EXPECT_EQ(begin(1, HEAPSEL_ACCESS_READ, HEAPSEL_FENCES_SIGNALLED), "0");
    EXPECT_EQ(begin(0, HEAPSEL_ACCESS_READ, HEAPSEL_FENCES_UNKNOWN),
              "cannot begin CPU access (dma-buf 0 of frame 0): Device or resource busy. It has "
              "begun already: end it before the next one.");
    EXPECT_EQ(begin(2, HEAPSEL_ACCESS_READ, HEAPSEL_FENCES_UNKNOWN),
              "cannot call heapsel_lease_begin_access (buffer): Invalid argument. The frame has 2 "
              "of them.");
    EXPECT_EQ(begin(0, static_cast<heapsel_access>(0), HEAPSEL_FENCES_UNKNOWN),
              "cannot call heapsel_lease_begin_access (access): Invalid argument. Its enum has no "
              "value 0: give one that the header names.");
    EXPECT_EQ(begin(0, HEAPSEL_ACCESS_READ, static_cast<heapsel_fences>(2)),
              "cannot call heapsel_lease_begin_access (fences): Invalid argument. Its enum has no "
              "value 2: give one that the header names.");
    EXPECT_EQ(calling(heapsel_lease_end_access, lease.get(), 0U), "0");
    EXPECT_EQ(calling(heapsel_lease_end_access, lease.get(), 0U),
              "cannot end CPU access (dma-buf 0 of frame 0): Operation not permitted. It has not "
              "begun: begin it first.");
    EXPECT_EQ(heapsel_lease_end_access(lease.get(), 2, nullptr), -EPERM);
    EXPECT_EQ(calling(heapsel_lease_end_access, lease.get(), 1U), "0");
    heapsel_lease_release(nullptr, HEAPSEL_FENCES_SIGNALLED);
}

TEST_F(CApiPool, OfNoFramesOrTooManyIsRefused) {
    heapsel_pool* none = nullptr;
    for (const std::size_t max : {0U, 4097U})
        EXPECT_EQ(
            heapsel_pool_create(allocator_.get(), layout_.get(), 0, max, nullptr, &none, nullptr),
            -EINVAL);
    kernel_.heap_error = ENOMEM;
    EXPECT_EQ(heapsel_pool_create(allocator_.get(), layout_.get(), 1, 1, nullptr, &none, nullptr),
              -ENOMEM);
    EXPECT_EQ(none, nullptr);
}

} // namespace
} // namespace heapsel
