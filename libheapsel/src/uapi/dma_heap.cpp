// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/dma_heap.hpp"

#include <cerrno>
#include <format>

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>

namespace heapsel::uapi {

Result<UniqueFd> dma_heap_allocate(int heap_fd, std::size_t size, std::string_view heap) {
    dma_heap_allocation_data data{};
    data.len = size;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    if (::ioctl(heap_fd, DMA_HEAP_IOCTL_ALLOC, &data) < 0) {
        const int code = errno;
        return std::unexpected(Error{.code = code,
                                     .attempted = std::format("allocate {} bytes", size),
                                     .subject = std::string(heap),
                                     .remedy = {}});
    }
    return UniqueFd(static_cast<int>(data.fd));
}

} // namespace heapsel::uapi
