// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <heapsel/buffer.hpp>

namespace heapsel::test {

/// A buffer that has fences, for want of a dma-buf: an eventfd is not writable while its counter is
/// full, as a dma-buf is not while a fence is pending.
inline Buffer fenced_buffer(std::size_t size) {
    return {UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), size, {.heap = "test"}};
}

/// As a pool's allocator.
inline Result<Buffer> fenced(std::size_t size, std::string_view /*name*/) {
    return fenced_buffer(size);
}

/// Longer than anything in a test of pools takes, and no reason to wait for where it passes.
inline constexpr std::chrono::seconds enough{30};
/// Of a frame, in bytes.
inline constexpr std::uint32_t page = 4096;

inline void add_fence(int fd) {
    ASSERT_EQ(::eventfd_write(fd, std::numeric_limits<eventfd_t>::max() - 1), 0);
}

inline void signal_fence(int fd) {
    eventfd_t value = 0;
    ASSERT_EQ(::eventfd_read(fd, &value), 0);
}

} // namespace heapsel::test
