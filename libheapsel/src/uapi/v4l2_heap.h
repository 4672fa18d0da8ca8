/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/videodev2.h>

/* C, as in the kernel. What the system's headers may lack. */
#ifndef VIDIOC_ENUM_HEAPS
struct v4l2_heap {
    __u32 index;
    __u32 role;
    __u32 type;
    __u32 flags;
    __u32 accounting;
    __u8 name[64];
    __u8 cgroup_region[64];
    __u32 reserved[9];
};

#define V4L2_HEAP_ROLE_FRAME 0
#define V4L2_HEAP_ROLE_REFERENCE 1
#define V4L2_HEAP_ROLE_METADATA 2
#define V4L2_HEAP_FL_ACTIVE 0x1
#define VIDIOC_ENUM_HEAPS _IOWR('V', 105, struct v4l2_heap)
#endif
