// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_LAYOUT_H
#define HEAPSEL_C_LAYOUT_H

#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Where the planes of a frame are, and how large its dma-bufs must be. Nothing changes it.
struct heapsel_layout;

/// Which dma-bufs the planes of a frame are in.
enum heapsel_placement HEAPSEL_INT {
    HEAPSEL_PLACEMENT_ONE_BUFFER = 0,      ///< One plane behind the other, as in V4L2's NV12.
    HEAPSEL_PLACEMENT_BUFFER_PER_PLANE = 1 ///< Each in one of its own, as in V4L2's NV12M.
};

/// Gives the DRM_FORMAT_* of the pictures that V4L2 calls `pixel_format` (V4L2_PIX_FMT_*). Most
/// have one code in both; of what is not known, the code itself.
HEAPSEL_API uint32_t heapsel_format_of_v4l2(uint32_t pixel_format);

/// Lays out a frame of `width` x `height` pixels of `format` (DRM_FORMAT_*), line by line, where
/// the stride, the offset and the size of each plane are multiples of these numbers of bytes; 1
/// where it does not matter. heapsel_consumers_alignment() gives those that suit several devices.
///
/// EINVAL: the format's planes are not known, the width or height is 0, or an alignment is 0.
/// EOVERFLOW: a dma-buf would be of 4 GiB or more.
HEAPSEL_API int heapsel_layout_create(uint32_t format, uint32_t width, uint32_t height,
                                      uint32_t stride_alignment, uint32_t offset_alignment,
                                      uint32_t size_alignment, enum heapsel_placement placement,
                                      struct heapsel_layout** layout, struct heapsel_error** error);
/// Lays out one dma-buf of `size` bytes, and one plane over all of it: of data that is no picture.
HEAPSEL_API int heapsel_layout_create_plain(uint32_t size, struct heapsel_layout** layout,
                                            struct heapsel_error** error);
/// Frees the layout.
HEAPSEL_API void heapsel_layout_free(struct heapsel_layout* layout);

/// How many planes a frame has.
HEAPSEL_API size_t heapsel_layout_plane_count(const struct heapsel_layout* layout);
/// In which dma-buf of the frame a plane is.
HEAPSEL_API size_t heapsel_layout_plane_buffer(const struct heapsel_layout* layout, size_t plane);
/// Where a plane begins in its dma-buf, in bytes.
HEAPSEL_API uint32_t heapsel_layout_plane_offset(const struct heapsel_layout* layout, size_t plane);
/// How many bytes there are from one line of a plane to the next.
HEAPSEL_API uint32_t heapsel_layout_plane_stride(const struct heapsel_layout* layout, size_t plane);
/// How many bytes a plane takes.
HEAPSEL_API uint32_t heapsel_layout_plane_size(const struct heapsel_layout* layout, size_t plane);
/// How many dma-bufs a frame has.
HEAPSEL_API size_t heapsel_layout_buffer_count(const struct heapsel_layout* layout);
/// How large one of them must be, in bytes.
HEAPSEL_API uint32_t heapsel_layout_buffer_size(const struct heapsel_layout* layout, size_t buffer);

HEAPSEL_END_DECLARATIONS

#endif
