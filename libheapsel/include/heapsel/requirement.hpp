// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include <heapsel/alignment.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

/// What a device needs of its memory, as whoever knows the device has written it down.
struct Requirement {
    std::vector<Criterion> criteria{}; ///< Every one of them.
    /// How many bits of a physical address the device has: with 32, every byte of the heap's memory
    /// must lie below 4 GiB. An address that is not known never does, unless there are 64 bits.
    std::optional<unsigned> address_bits{};
    /// That of the address is asked of the heap. The others are carried, for the layout of frames.
    Alignment alignment{};
};

} // namespace heapsel
