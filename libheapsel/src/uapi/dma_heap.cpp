// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/dma_heap.hpp"

#include <format>

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>

#include "uapi/ioctl.hpp"

namespace heapsel::uapi {

Result<UniqueFd> dma_heap_allocate(int heap_fd, std::size_t size, std::string_view heap) {
    dma_heap_allocation_data data{};
    data.len = size;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    if (const int code = retried_ioctl(heap_fd, DMA_HEAP_IOCTL_ALLOC, &data); code != 0)
        return std::unexpected(Error{.code = code,
                                     .operation = std::format("allocate {} bytes", size),
                                     .subject = std::string(heap),
                                     .hint = {}});
    return UniqueFd(static_cast<int>(data.fd));
}

} // namespace heapsel::uapi
