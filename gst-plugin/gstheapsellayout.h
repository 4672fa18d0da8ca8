// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include <gst/video/video.h>

#include "gstheapselv4l2.h"

namespace gstheapsel {

/// Why caps have no layout.
struct LayoutError {
    bool malformed =
        false;          ///< The caps describe no picture at all; else one that no heap can lay out.
    std::string reason; ///< One sentence for a person, without a full stop.
};

/// How the planes of one picture lie in its dma-bufs.
struct Layout {
    GstVideoInfo info{};         ///< Strides, offsets and size, padding included.
    GstVideoAlignment padding{}; ///< What lies around the visible picture.
    bool dma_drm = false;        ///< The caps are memory:DMABuf with a drm-format.
    /// In bytes, of each dma-buf: one for all planes, or one for each. They are counted as if they
    /// lay behind each other, as GstVideoMeta has it.
    std::vector<gsize> memories;
};

/// The layout without padding that `caps` mean. Caps are not trusted: anything that would overflow,
/// has no area, is encoded, has a modifier or other memory than the system's or a dma-buf is
/// refused. Tiled formats that have a name and a size in GStreamer are laid out as it says.
[[nodiscard]] std::expected<Layout, LayoutError> layout_of(const GstCaps* caps);

/// `layout` with the paddings and stride masks of `align`, which is not trusted either: paddings up
/// to 4096, masks one less than a power of two up to 4096.
[[nodiscard]] std::expected<Layout, LayoutError> with_alignment(const Layout& layout,
                                                                const GstVideoAlignment& align);

/// `layout` as a device wants it, whose word is not trusted.
///
/// Refused: a number of dma-bufs that is neither one nor that of the planes, and strides and sizes
/// that the picture does not fit into.
[[nodiscard]] std::expected<Layout, LayoutError> laid_out_by(const DeviceFormat& device,
                                                             const Layout& layout);

/// The layouts have the same strides and offsets: who knows one reads the other.
[[nodiscard]] bool is_same_picture(const Layout& a, const Layout& b);

/// DRM_FORMAT_* of what the layout's pictures consist of; 0 where there is none, or GStreamer does
/// not know it (before 1.24).
[[nodiscard]] std::uint32_t drm_format_of(const Layout& layout);

/// The layout whose picture was padded at the right and the bottom to a usual coded size such that
/// it fills `size` bytes exactly; `layout` itself if no usual coded size explains `size`.
///
/// For decoders that cannot be asked: GStreamer's say nothing of their coded size to the pool that
/// they import from, except through the size of a buffer. They check strides and offsets then, so a
/// wrong guess is refused and never shown.
[[nodiscard]] Layout with_coded_size(const Layout& layout, gsize size);

} // namespace gstheapsel
