// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/mman.h>

#include "fake_ioctl.hpp"
#include "heap_builder.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

/// Heaps whose buffers are memfds. Every third allocation of a thread finds one exhausted, so that
/// it never finds two in a row, whatever the others do.
class MemoryHeaps : public test::FakeIoctl {
  public:
    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* argument) override {
        if (request != DMA_HEAP_IOCTL_ALLOC)
            return request == DMA_BUF_SET_NAME_B ? std::optional(0) : std::nullopt;
        thread_local unsigned calls = 0;
        if (calls++ % 3 == 0)
            return ENOMEM;
        auto* const data = static_cast<dma_heap_allocation_data*>(argument);
        const int fd = ::memfd_create("buffer", MFD_CLOEXEC);
        if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(data->len)) != 0)
            return errno;
        data->fd = static_cast<__u32>(fd);
        return 0;
    }
};

Allocator allocator_of_three_heaps() {
    std::vector<Heap> heaps;
    for (const char* const name : {"a", "b", "c"}) {
        heaps.push_back(test::with(test::heap(name), Trait::cached, Answer::yes));
        heaps.back().device = "/dev/null";
    }
    return Allocator::create(*select(HeapCatalog(std::move(heaps)), {}, {})).value();
}

/// How many buffers of its own a thread got, wrote, and found as it had left them.
unsigned used_buffers(const Allocator& allocator, std::byte mark) {
    constexpr unsigned rounds = 8;
    unsigned used = 0;
    for (unsigned i = 0; i < rounds; ++i) {
        const auto buffer = allocator.allocate(4096, "thread");
        const auto mapping = buffer ? buffer->map(Access::read_write) : std::unexpected(Error{});
        if (!mapping)
            continue;
        mapping->bytes().front() = mark;
        std::this_thread::yield();
        used += mapping->bytes().front() == mark ? 1 : 0;
    }
    return used;
}

TEST(AllocatorThreads, AThousandTakeBuffersFromOneAndNoneIsLeft) {
    constexpr unsigned waves = 20;
    constexpr unsigned threads_of_a_wave = 50;
    const MemoryHeaps kernel;
    const auto allocator = allocator_of_three_heaps();
    const auto before = test::open_fd_count();
    std::atomic<unsigned> used{0};
    for (unsigned wave = 0; wave < waves; ++wave) {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < threads_of_a_wave; ++i)
            threads.emplace_back(
                [&, i] { used += used_buffers(allocator, static_cast<std::byte>(i)); });
        threads.clear();
        EXPECT_EQ(test::open_fd_count(), before) << wave;
    }
    EXPECT_EQ(used, waves * threads_of_a_wave * 8);
}

} // namespace
} // namespace heapsel
