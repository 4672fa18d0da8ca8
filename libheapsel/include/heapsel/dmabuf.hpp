// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// A dma-buf as the kernel knows it, whoever allocated it and however it came here. A value.
struct Dmabuf {
    /// What tells it apart from all others that there are; 0 where the kernel does not say (before
    /// 5.14).
    std::uint64_t inode = 0;
    /// Of a heap's buffer, the heap's name, also where a driver allocated it there; else what the
    /// driver that it came from calls itself. Raw.
    std::string exporter;
    std::uint64_t size = 0; ///< In bytes.
    std::string name;       ///< What a user called it; raw, and empty where nobody did.
    friend bool operator==(const Dmabuf&, const Dmabuf&) = default;
};

/// What the kernel says of the dma-buf `fd`, which is borrowed; from /proc/self/fdinfo.
///
/// EBADF: `fd` is not open. EINVAL: it is no dma-buf. ENOENT: there is no /proc. Else the errno of
/// open(2), read(2).
[[nodiscard]] HEAPSEL_EXPORT Result<Dmabuf> describe_dmabuf(int fd);

} // namespace heapsel
