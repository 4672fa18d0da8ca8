/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <drm/drm.h>

/* C, as in the kernel. What the system's headers may lack. */
#ifndef DRM_IOCTL_MODE_LIST_HEAPS
struct drm_mode_heap {
    __u32 flags;
    __u32 accounting;
    __u8 use[32];
    __u8 name[64];
    __u8 cgroup_region[64];
};

struct drm_mode_list_heaps {
    __u32 plane_id;
    __u32 pixel_format;
    __u64 modifier;
    __u64 heaps_ptr;
    __u32 count_heaps;
    __u32 pad;
};

#define DRM_MODE_HEAP_BOUND (1 << 0)
#define DRM_MODE_HEAP_IN_USE (1 << 1)
#define DRM_MODE_HEAP_DEFAULT (1 << 2)
#define DRM_MODE_HEAP_PART (1 << 3)
#define DRM_MODE_HEAP_IMPORT_ONLY (1 << 4)
#define DRM_IOCTL_MODE_LIST_HEAPS DRM_IOWR(0xD3, struct drm_mode_list_heaps)
#endif
