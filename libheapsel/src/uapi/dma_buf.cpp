// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/dma_buf.hpp"

#include <cerrno>
#include <format>
#include <string>

#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include "uapi/ioctl.hpp"

namespace heapsel::uapi {

Result<void> dma_buf_sync(int dmabuf_fd, SyncPhase phase, bool read, bool write) {
    struct dma_buf_sync request{};
    request.flags = (phase == SyncPhase::start ? DMA_BUF_SYNC_START : DMA_BUF_SYNC_END) |
                    (read ? DMA_BUF_SYNC_READ : 0U) | (write ? DMA_BUF_SYNC_WRITE : 0U);
    int code = 0;
    do {
        code = retried_ioctl(dmabuf_fd, DMA_BUF_IOCTL_SYNC, &request);
    } while (code == EAGAIN);
    if (code == 0)
        return {};
    return std::unexpected(
        Error{.code = code,
              .operation = phase == SyncPhase::start ? "begin CPU access" : "end CPU access",
              .subject = std::format("file descriptor {}", dmabuf_fd),
              .hint = code == ENOTTY ? "The descriptor is no dma-buf." : ""});
}

Result<void> dma_buf_set_name(int dmabuf_fd, std::string_view name) {
    std::string text(name.substr(0, DMA_BUF_NAME_LEN - 1));
    const int code = retried_ioctl(dmabuf_fd, DMA_BUF_SET_NAME_B, text.data());
    if (code == 0)
        return {};
    return std::unexpected(
        Error{.code = code, .operation = "name a buffer", .subject = text, .hint = {}});
}

} // namespace heapsel::uapi
