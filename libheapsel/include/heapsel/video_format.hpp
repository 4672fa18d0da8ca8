// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace heapsel {

/// What is set on a queue of a V4L2 device, as its driver says it. A value; none of it is checked.
struct VideoFormat {
    std::uint32_t pixel_format = 0; ///< V4L2_PIX_FMT_*.
    std::uint32_t width = 0;        ///< In pixels.
    std::uint32_t height = 0;       ///< In lines.
    std::uint32_t stride = 0;       ///< Of the first plane, in bytes; 0 of coded pictures.
    std::uint32_t buffers = 1;      ///< Of how many dma-bufs a frame is: 1 of NV12, 2 of NV12M.
    friend bool operator==(const VideoFormat&, const VideoFormat&) = default;
};

} // namespace heapsel
