// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

#include "uapi/heap_entry.hpp"

/// What a DRM device says of itself. Of what is listed, a driver gets to say no more than a bounded
/// number: beyond, EOVERFLOW.
namespace heapsel::uapi {

/// DRM_IOCTL_VERSION: the driver's name, raw. ENOTTY: the descriptor is no DRM device.
[[nodiscard]] Result<std::string> drm_driver(int fd);

/// Has the lists of this open file include primary and cursor planes; a kernel that does not know
/// how has no such planes.
void drm_show_all_planes(int fd);

/// DRM_IOCTL_MODE_GETPLANERESOURCES. EOPNOTSUPP: the driver does no modesetting. EACCES: it is a
/// render node.
[[nodiscard]] Result<std::vector<std::uint32_t>> drm_plane_ids(int fd);

struct DrmPlane {
    std::vector<std::uint32_t> formats;
    std::uint32_t crtc = 0;           ///< That it shows on; 0: on none.
    std::uint32_t possible_crtcs = 0; ///< By their place in the list of CRTCs, from bit 0 on.
};

/// DRM_IOCTL_MODE_GETPLANE. ENOENT: there is no such plane. EOPNOTSUPP, EACCES: as above.
[[nodiscard]] Result<DrmPlane> drm_plane(int fd, std::uint32_t plane);

struct DrmProperty {
    std::uint32_t id = 0;
    std::string name; ///< Raw.
    std::uint64_t value = 0;
};

/// DRM_IOCTL_MODE_OBJ_GETPROPERTIES, and the name of each.
[[nodiscard]] Result<std::vector<DrmProperty>> drm_plane_properties(int fd, std::uint32_t plane);

/// DRM_IOCTL_MODE_GETPROPBLOB.
[[nodiscard]] Result<std::vector<std::byte>> drm_blob(int fd, std::uint32_t blob);

/// Whose heaps to list: those of a plane, with what it shows; all zero for the memory that stays
/// inside the driver.
struct DrmHeapQuery {
    std::uint32_t plane = 0;
    std::uint32_t format = 0;
    std::uint64_t modifier = 0;
};

/// DRM_IOCTL_MODE_LIST_HEAPS. ENOENT: there is no such plane. EINVAL: the plane does not have that
/// format with that modifier, or the kernel does not have the ioctl. EOPNOTSUPP: the driver has
/// nothing to do with heaps.
[[nodiscard]] Result<std::vector<HeapEntry>> drm_list_heaps(int fd, const DrmHeapQuery& query);

} // namespace heapsel::uapi
