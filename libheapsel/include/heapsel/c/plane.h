// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_PLANE_H
#define HEAPSEL_C_PLANE_H

#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/device.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What a plane of a display is for.
enum heapsel_plane_type HEAPSEL_INT {
    HEAPSEL_PLANE_PRIMARY = 0,
    HEAPSEL_PLANE_OVERLAY = 1,
    HEAPSEL_PLANE_CURSOR = 2,
    HEAPSEL_PLANE_UNKNOWN = 3 ///< The driver does not say.
};

/// What the plane that a memory of a device stands for is for; unknown where it stands for none.
HEAPSEL_API enum heapsel_plane_type
heapsel_device_memory_plane_type(const struct heapsel_device* device, size_t memory);
/// Whether that plane takes `format` (DRM_FORMAT_*) with `modifier` (DRM_FORMAT_MOD_*), or, with
/// HEAPSEL_NO_MODIFIER, in some layout; unknown where it stands for none.
HEAPSEL_API enum heapsel_answer heapsel_device_memory_takes(const struct heapsel_device* device,
                                                            size_t memory, uint32_t format,
                                                            uint64_t modifier);
/// How many pairs of a format and a modifier that plane is known to take.
HEAPSEL_API size_t heapsel_device_memory_modifier_count(const struct heapsel_device* device,
                                                        size_t memory);
/// Whether there is such a pair; if so, and where the pointers are not NULL, `*format` is its
/// format (DRM_FORMAT_*), and `*modifier` its modifier (DRM_FORMAT_MOD_*).
HEAPSEL_API bool heapsel_device_memory_modifier(const struct heapsel_device* device, size_t memory,
                                                size_t index, uint32_t* format, uint64_t* modifier);
/// Why they are not known; empty where they are. NULL where the memory stands for no plane.
HEAPSEL_API const char*
heapsel_device_memory_modifiers_unknown_because(const struct heapsel_device* device, size_t memory);

/// "primary", "overlay", "cursor", "unknown".
HEAPSEL_API const char* heapsel_plane_type_text(enum heapsel_plane_type type);

HEAPSEL_END_DECLARATIONS

#endif
