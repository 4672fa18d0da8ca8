// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <string>

#include <gst/video/video.h>

namespace gstheapsel {

/// Why caps have no layout.
struct LayoutError {
    bool malformed =
        false;          ///< The caps describe no picture at all; else one that no heap can lay out.
    std::string reason; ///< One sentence for a person, without a full stop.
};

/// How the planes of one picture lie in one dma-buf, all of them behind each other.
struct Layout {
    GstVideoInfo info{};         ///< Strides, offsets and size, padding included.
    GstVideoAlignment padding{}; ///< What lies around the visible picture.
    bool dma_drm = false;        ///< The caps are memory:DMABuf with a drm-format.
};

/// The layout without padding that `caps` mean. Caps are not trusted: anything that would overflow,
/// has no area, is encoded, tiled or in other memory than the system's or a dma-buf is refused.
[[nodiscard]] std::expected<Layout, LayoutError> layout_of(const GstCaps* caps);

/// `layout` with the paddings and stride masks of `align`, which is not trusted either: paddings up
/// to 4096, masks one less than a power of two up to 4096.
[[nodiscard]] std::expected<Layout, LayoutError> with_alignment(const Layout& layout,
                                                                const GstVideoAlignment& align);

/// The layout whose picture was padded at the right and the bottom to a usual coded size such that
/// it fills `size` bytes exactly; `layout` itself if no usual coded size explains `size`.
///
/// A V4L2 decoder says nothing of its coded size to the pool that it imports from, except through
/// the size of a buffer; it then checks strides and offsets, so a wrong guess is refused and never
/// shown.
[[nodiscard]] Layout with_coded_size(const Layout& layout, gsize size);

} // namespace gstheapsel
