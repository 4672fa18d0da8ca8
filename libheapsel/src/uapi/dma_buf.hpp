// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include <heapsel/error.hpp>

namespace heapsel::uapi {

enum class SyncPhase : std::uint8_t { start, end };

/// DMA_BUF_IOCTL_SYNC, retried on EINTR and EAGAIN. `read` and `write`: what the CPU does.
[[nodiscard]] Result<void> dma_buf_sync(int dmabuf_fd, SyncPhase phase, bool read, bool write);

/// DMA_BUF_SET_NAME with the first 31 bytes of `name`.
[[nodiscard]] Result<void> dma_buf_set_name(int dmabuf_fd, std::string_view name);

} // namespace heapsel::uapi
