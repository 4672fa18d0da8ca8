// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace heapsel {

/// Where the kernel shows its heaps. A variable for tests alone.
inline constinit const char* heap_class =
    "/sys/class/dma_heap"; // NOLINT(*-avoid-non-const-global-variables)

/// Whether the kernel has VIDIOC_ENUM_HEAPS and DRM_IOCTL_MODE_LIST_HEAPS. Upstream has not given
/// them their numbers and may give these to other calls, so neither is made on trial: a kernel with
/// them also has the file `buffers` for each heap in sysfs, which no other kernel has.
[[nodiscard]] bool kernel_lists_usable_heaps();

} // namespace heapsel
