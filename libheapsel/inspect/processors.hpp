// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <heapsel/error.hpp>

namespace heapsel {

enum class Architecture : std::uint8_t {
    arm64, ///< Also where the tree says nothing of its processors.
    arm,   ///< 32 bits.
    other  ///< Such as RISC-V.
};

struct Processors {
    Architecture architecture = Architecture::arm64;
    std::string compatible; ///< What says so; raw, and empty for arm64.
};

/// Of which architecture the first processor below /cpus is. EINVAL: the tree is malformed.
[[nodiscard]] Result<Processors> processors(std::span<const std::byte> bytes);

} // namespace heapsel
