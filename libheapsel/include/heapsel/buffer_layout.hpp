// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <heapsel/alignment.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// Where one plane of a frame is. In bytes.
struct PlaneLayout {
    std::size_t buffer = 0;   ///< In which dma-buf of the frame, from 0.
    std::uint32_t offset = 0; ///< Where it begins in that dma-buf.
    std::uint32_t stride = 0; ///< From one line to the next.
    std::uint32_t size = 0;   ///< All lines, and what fills it up to the alignment.
    friend bool operator==(const PlaneLayout&, const PlaneLayout&) = default;
};

/// Where the planes of a frame are, and how large its dma-bufs must be. A value.
struct BufferLayout {
    std::vector<PlaneLayout> planes;         ///< In the format's order; one to three.
    std::vector<std::uint32_t> buffer_sizes; ///< Of each dma-buf, in bytes.
    friend bool operator==(const BufferLayout&, const BufferLayout&) = default;
};

/// Which dma-bufs the planes of a frame are in.
enum class PlanePlacement : std::uint8_t {
    one_buffer,      ///< One behind the other, as in V4L2's NV12.
    buffer_per_plane ///< Each at the beginning of one of its own, as in V4L2's NV12M.
};

/// A frame of `width` x `height` pixels of `format` (DRM_FORMAT_*), line by line (no modifier),
/// under `alignment`; `alignment.address` is the heap's affair and plays no part. Where planes
/// share chroma, an odd width or height counts as the next even one for it.
///
/// Strides are as small as the alignment of all of them lets them be, and keep the ratio that the
/// format has, since V4L2's single-planar formats tell but the first. A device that knows only that
/// and the height expects planes without a gap: for it, leave offset and size at 1.
///
/// EINVAL: the format's planes are not known here, the width or height is 0, or an alignment is 0.
/// EOVERFLOW: a dma-buf would be of 4 GiB or more, which no device's interface can tell.
[[nodiscard]] HEAPSEL_EXPORT Result<BufferLayout>
buffer_layout(std::uint32_t format, std::uint32_t width, std::uint32_t height,
              const Alignment& alignment = {},
              PlanePlacement placement = PlanePlacement::one_buffer);

/// The same frame in one dma-buf, as a device lays it out that tells no more of it than `stride`,
/// which is that of the first plane (V4L2's single-planar formats, libcamera): the planes without a
/// gap, and the other strides in the ratio that the format has, rounded down.
///
/// EINVAL: the format's planes are not known here, the width or height is 0, or a line does not fit
/// into `stride`. EOVERFLOW: the dma-buf would be of 4 GiB or more.
[[nodiscard]] HEAPSEL_EXPORT Result<BufferLayout> buffer_layout_of_stride(std::uint32_t format,
                                                                          std::uint32_t width,
                                                                          std::uint32_t height,
                                                                          std::uint32_t stride);

/// One dma-buf of `size` bytes, and one plane over all of it: of data that is no picture.
[[nodiscard]] HEAPSEL_EXPORT BufferLayout plain_layout(std::uint32_t size);

} // namespace heapsel
