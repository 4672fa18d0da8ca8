// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// What a device wants the numbers of a frame to be multiples of, in bytes; 1 where it does not
/// care, and never 0.
struct Alignment {
    std::uint32_t stride = 1;  ///< From one line of a plane to the next.
    std::uint32_t offset = 1;  ///< Where a plane begins in its dma-buf.
    std::uint32_t size = 1;    ///< Of a plane.
    std::uint64_t address = 1; ///< Where the dma-buf begins in memory.
    friend bool operator==(const Alignment&, const Alignment&) = default;
};

/// What suits both: the least common multiple of each. Pure.
///
/// EINVAL: one of them is 0. EOVERFLOW: a multiple does not fit.
[[nodiscard]] HEAPSEL_EXPORT Result<Alignment> join(const Alignment& a, const Alignment& b);

} // namespace heapsel
