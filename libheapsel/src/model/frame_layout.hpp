// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace heapsel {

struct FrameSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

/// One of the planes of colour of a frame, in bytes.
struct ColourPlane {
    std::uint32_t pitch = 0;
    std::uint32_t offset = 0;
    friend bool operator==(const ColourPlane&, const ColourPlane&) = default;
};

/// A frame in one buffer, its planes of colour one behind the other, each line by line.
struct FrameLayout {
    FrameSize size;
    std::vector<ColourPlane> planes; ///< One to three.
    std::uint64_t bytes = 0;
};

/// The bits of a pixel in the first plane of colour of `format` (DRM_FORMAT_*); nothing if its
/// layout is not known here.
[[nodiscard]] std::optional<std::uint32_t> bits_per_pixel(std::uint32_t format);

/// A frame whose first plane of colour has lines of `pitch` bytes, or of as few as there can be
/// where that is 0; `size` is even. Nothing if the layout of `format` is not known here, `pitch` is
/// too small, or an offset does not fit.
[[nodiscard]] std::optional<FrameLayout> frame_layout(std::uint32_t format, FrameSize size,
                                                      std::uint32_t pitch);

} // namespace heapsel
