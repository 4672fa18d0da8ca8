// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace heapsel {

/// Bytes of a pixel, or of a sample of colour, and by how much the planes of colour after the first
/// are smaller.
struct Sampling {
    std::uint32_t first = 0;  ///< Bytes in the first plane.
    std::uint32_t others = 0; ///< Bytes in each of the other planes.
    std::uint32_t planes = 1;
    std::uint32_t horizontal = 1;
    std::uint32_t vertical = 1;
};

/// How the linear layout of `format` (DRM_FORMAT_*) stores pixels; nothing if it is not known here.
[[nodiscard]] std::optional<Sampling> sampling_of(std::uint32_t format);

} // namespace heapsel
