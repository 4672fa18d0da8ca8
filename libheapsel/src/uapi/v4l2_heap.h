/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/videodev2.h>

/* C, as in the kernel. What the system's headers may lack. */
#ifndef VIDIOC_ENUM_HEAPS
struct v4l2_heap {
    __u32 index;
    __u32 type;
    __u32 flags;
    __u32 accounting;
    __u8 use[32];
    __u8 name[64];
    __u8 cgroup_region[64];
    __u32 reserved[8];
};

#define V4L2_HEAP_FL_BOUND 0x1
#define V4L2_HEAP_FL_IN_USE 0x2
#define V4L2_HEAP_FL_DEFAULT 0x4
#define V4L2_HEAP_FL_PART 0x8
#define V4L2_HEAP_FL_IMPORT_ONLY 0x10
#define VIDIOC_ENUM_HEAPS _IOWR('V', 105, struct v4l2_heap)
#endif
