// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_PIXEL_FORMAT_H
#define HEAPSEL_C_PIXEL_FORMAT_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Gives the DRM_FORMAT_* of the pictures that V4L2 calls `pixel_format` (V4L2_PIX_FMT_*): what
/// heapsel_layout_create() takes for a V4L2 device's format. Most have one code in both; of what is
/// not known, the code itself.
HEAPSEL_API uint32_t heapsel_format_of_v4l2(uint32_t pixel_format);
/// Gives the code of one to four printable characters, none of them a blank ("NV12", "R8"); 0 if
/// `text` is NULL or not that. There need not be such a format.
HEAPSEL_API uint32_t heapsel_format_called(const char* text);
/// Gives what people call `format` (DRM_FORMAT_*) with `modifier` (DRM_FORMAT_MOD_*, or
/// HEAPSEL_NO_MODIFIER): "NV12", "XR24 with modifier 0x1"; a code that is not made of printable
/// characters is a hexadecimal number. The caller frees `*name` with free(3).
HEAPSEL_API int heapsel_format_name(uint32_t format, uint64_t modifier, char** name,
                                    struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
