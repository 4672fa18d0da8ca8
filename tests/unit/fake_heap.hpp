// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/mman.h>
#include <unistd.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "fake_ioctl.hpp"
#include "heap_builder.hpp"

namespace heapsel::test {

/// Answers as a heap, whose buffers are memory files, and as the exporter of those.
class FakeHeap : public test::FakeIoctl {
  public:
    std::optional<int> answer(int /*fd*/, unsigned long request, void* argument) override {
        if (request == DMA_HEAP_IOCTL_ALLOC)
            return allocate(*static_cast<dma_heap_allocation_data*>(argument));
        if (request == DMA_BUF_IOCTL_SYNC) {
            synced.push_back(static_cast<dma_buf_sync*>(argument)->flags);
            return sync_error;
        }
        return std::nullopt;
    }

    std::vector<__u64> synced; ///< The flags of each call.
    int heap_error = 0;
    int sync_error = 0;

  private:
    [[nodiscard]] int allocate(dma_heap_allocation_data& request) const {
        if (heap_error != 0)
            return heap_error;
        const int fd = ::memfd_create("buffer", MFD_CLOEXEC);
        EXPECT_EQ(::ftruncate(fd, static_cast<off_t>(request.len)), 0);
        request.fd = static_cast<__u32>(fd);
        return 0;
    }
};

/// Of a heap "a" of which nothing is known.
inline OwnedAllocator allocator_of_a_fake_heap() {
    Heap a = heap("a");
    a.device = "/dev/null";
    const heapsel_catalog catalog{HeapCatalog({a})};
    const auto selection = made_by<OwnedSelection>(heapsel_select, &catalog, nullptr, 0U, nullptr);
    return made_by<OwnedAllocator>(heapsel_allocator_create, selection.get());
}

} // namespace heapsel::test
