// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "scanout.hpp"

#include <cstdint>
#include <vector>

namespace display {

struct Picture {
    uint32_t width = 0;
    uint32_t height = 0;
    std::vector<uint8_t> rgb; ///< three bytes per pixel, row after row
};

/** What the viewer sees: the planes over each other on black. Planes that are scaled are sampled at
 *  the nearest pixel; ARGB is taken as premultiplied, as KMS does by default. */
Picture compose(const Scanout& scanout);

/** Writes a binary PPM (P6). */
Result<void> write_ppm(const Picture& picture, const std::string& path);

} // namespace display
