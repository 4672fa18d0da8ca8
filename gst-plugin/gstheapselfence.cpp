// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselfence.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>

#include <gst/allocators/gstdmabuf.h>

namespace gstheapsel {
namespace {

using Clock = std::chrono::steady_clock;

/// A dma-buf is ready for output when all its fences, those of readers too, have signalled.
bool wait_for(int fd, Clock::time_point deadline) {
    pollfd wanted{fd, POLLOUT, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        const int ready =
            poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (ready < 0 && errno == EINTR)
            continue;
        return ready == 1 && (wanted.revents & POLLOUT) != 0;
    }
}

} // namespace

bool wait_until_idle(GstBuffer* buffer, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    for (guint index = 0; index < gst_buffer_n_memory(buffer); ++index) {
        GstMemory* memory = gst_buffer_peek_memory(buffer, index);
        if (gst_is_dmabuf_memory(memory) && !wait_for(gst_dmabuf_memory_get_fd(memory), deadline))
            return false;
    }
    return true;
}

} // namespace gstheapsel
