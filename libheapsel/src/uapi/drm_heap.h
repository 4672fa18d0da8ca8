/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <drm/drm.h>

/* C, as in the kernel. What the system's headers may lack. */
#ifndef DRM_IOCTL_MODE_ENUM_HEAPS
struct drm_mode_enum_heaps {
    __u32 index;
    __u32 role;
    __u32 plane_id;
    __u32 pixel_format;
    __u64 modifier;
    __u32 flags;
    __u32 accounting;
    __u8 name[64];
    __u8 cgroup_region[64];
    __u64 pad[2];
};

#define DRM_MODE_HEAP_ROLE_FRAME 0
#define DRM_MODE_HEAP_ACTIVE 0x1
#define DRM_IOCTL_MODE_ENUM_HEAPS DRM_IOWR(0xD3, struct drm_mode_enum_heaps)
#endif
