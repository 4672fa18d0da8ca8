// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "card.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace display {

/** One colour plane of a framebuffer, as it lies in memory. */
struct ColourPlane {
    uint64_t inode = 0; ///< of its dma-buf
    uint64_t size = 0;  ///< of the whole dma-buf, in bytes
    uint32_t pitch = 0;
    uint32_t offset = 0;
    std::vector<std::byte> bytes; ///< pitch times its rows; empty unless copied
};

struct Rectangle {
    int32_t x = 0, y = 0;
    uint32_t width = 0, height = 0;
    bool operator==(const Rectangle&) const = default;
};

/** One KMS plane with what it shows. */
struct PlaneScan {
    uint32_t id = 0;
    std::string type; ///< Primary, Overlay, Cursor
    uint64_t zpos = 0;
    uint32_t crtc = 0;
    uint32_t fb = 0;                  ///< 0: shows nothing, and what follows is empty
    Rectangle target;                 ///< on the display
    std::array<uint32_t, 4> source{}; ///< x, y, width, height in the framebuffer, 16.16
    std::string encoding = "ITU-R BT.601 YCbCr";
    std::string range = "YCbCr limited range";
    uint16_t alpha = 0xffff;
    uint32_t format = 0;
    uint64_t modifier = 0;
    uint32_t width = 0;
    uint32_t height = 0;
    std::vector<ColourPlane> colour;
};

struct Scanout {
    uint32_t crtc = 0;
    bool active = false;
    uint32_t width = 0;
    uint32_t height = 0;
    uint32_t hz = 0;
    uint64_t frame = 0;            ///< vblank count when it was taken
    uint64_t ns = 0;               ///< CLOCK_MONOTONIC when it was taken
    std::vector<PlaneScan> planes; ///< in the order they are stacked, lowest first
};

/** What @p card's CRTC shows now; with @p copy also the bytes. Planes of other CRTCs are left out,
 *  idle ones are in it. Needs CAP_SYS_ADMIN or to be master, and does not disturb a master. */
Result<Scanout> look(const Card& card, uint32_t crtc, bool copy);

/** A picture that was really shown: copied twice with the same bytes, from framebuffers that did
 *  not change meanwhile. A display that changes faster than it can be copied is an error after
 *  @p attempts. */
Result<Scanout> look_consistently(const Card& card, uint32_t crtc, unsigned attempts);

/** Bytes per pixel of each colour plane, and by how much it is smaller; empty for a format that
 *  is not supported. */
struct Sampling {
    uint32_t bytes;
    uint32_t horizontal;
    uint32_t vertical;
};
std::vector<Sampling> sampling(uint32_t format);

} // namespace display
