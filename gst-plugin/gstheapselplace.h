// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <gst/gst.h>

namespace gstheapsel {

/// Where the memory behind a GstMemory is, as the kernel says, whoever wrapped it.
struct Place {
    /// Of a dma-buf from a heap, the heap's name, also where a driver allocated it there; else what
    /// exported it, or empty where the kernel does not tell. Raw; lives as long as the process.
    /// Null: it is no dma-buf.
    const char* exporter = nullptr;
    std::uint64_t inode = 0; ///< Tells dma-bufs apart; 0 for what is none.

    [[nodiscard]] bool is_dmabuf() const { return exporter != nullptr; }
    friend bool operator==(const Place&, const Place&) = default;
};

/// The kernel is asked when it meets a dma-buf for the first time; later on, a memory that was seen
/// before costs no system call, and one that was wrapped anew costs fstat(2). Any thread.
[[nodiscard]] Place place_of(GstMemory* memory);

} // namespace gstheapsel
