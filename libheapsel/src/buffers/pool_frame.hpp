// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <heapsel/buffer.hpp>
#include <heapsel/buffer_layout.hpp>

namespace heapsel {

/// The dma-bufs of one frame. Whoever holds the frame changes it, and the pool while nobody does.
struct PoolFrame {
    std::vector<Buffer> buffers;
    std::uint64_t serial = 0;
    bool shared = false; ///< A descriptor was given out, so anyone may have imported it.
    std::shared_ptr<const BufferLayout> layout; ///< As it was last acquired.

    [[nodiscard]] bool holds(const BufferLayout& wanted) const;
};

} // namespace heapsel
