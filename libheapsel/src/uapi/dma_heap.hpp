// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel::uapi {

/// DMA_HEAP_IOCTL_ALLOC: a readable, writable, close-on-exec dma-buf. `heap` is for the error.
[[nodiscard]] Result<UniqueFd> dma_heap_allocate(int heap_fd, std::size_t size,
                                                 std::string_view heap);

} // namespace heapsel::uapi
