// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <heapsel/heap.hpp>
#include <heapsel/heap_statistics.hpp>

#include "heaps/sysfs.hpp"

namespace heapsel {

/// How much room a heap has, in bytes, as far as it is known.
struct Capacity {
    std::optional<std::uint64_t> size;
    std::optional<std::uint64_t> free;
    std::optional<std::uint64_t> largest; ///< The largest buffer that fits.
    friend bool operator==(const Capacity&, const Capacity&) = default;
};

/// Each of the first that knows it: the kernel's figures of the heap; those of the CMA area with
/// one of its names; `heap` itself. Pure.
[[nodiscard]] Capacity capacity_of(const Heap& heap, const HeapStatistics& statistics,
                                   std::span<const CmaArea> areas, std::uint64_t page_size);

/// "size 64 MiB, free 12 MiB, largest buffer 8 MiB", as far as known; empty if nothing is.
[[nodiscard]] std::string to_string(const Capacity& room);

} // namespace heapsel
