// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/usable_heaps.hpp>

#include "devices/enum_heaps.hpp"
#include "uapi/drm.hpp"

namespace heapsel {

/// Null where there is none.
[[nodiscard]] const uapi::DrmProperty*
property_called(std::span<const uapi::DrmProperty> properties, std::string_view name);

/// By the value of the property "type", which is the kernel's and the same for every driver.
[[nodiscard]] std::optional<PlaneType> plane_type(std::span<const uapi::DrmProperty> properties);

/// A plane as the driver of an open DRM device describes it. IN_FORMATS that is absent or malformed
/// leaves the modifiers unknown.
///
/// ENOENT: there is no such plane. EOPNOTSUPP: the device does no modesetting. EACCES: it is a
/// render node. EOVERFLOW: a list is longer than any. Any other errno of the ioctls.
[[nodiscard]] Result<Plane> ask_plane(int fd, std::uint32_t id);

/// All of them, after `fd` has been told to show all. Errors: as above.
[[nodiscard]] Result<std::vector<Plane>> ask_planes(int fd);

/// The heaps that `plane` can show `format` from. A kernel or a driver that cannot be asked leaves
/// them unknown.
///
/// EINVAL: the plane does not take `format` with `modifier`; the hint lists what it takes.
/// EOVERFLOW: the list is longer than any. Any other errno of the ioctl.
[[nodiscard]] Result<UsableHeaps> ask_plane_heaps(int fd, const Plane& plane, std::uint32_t format,
                                                  std::uint64_t modifier);

/// The heaps for the memory that stays inside the driver, by use. A kernel or a driver that cannot
/// be asked leaves them unknown. Errors: as above, but for EINVAL.
[[nodiscard]] Result<HeapList> ask_hidden_heaps(int fd);

/// "/dev/dri/card0 (vkms) primary 31 XR24", raw.
[[nodiscard]] std::string plane_consumer_name(std::string_view device, std::string_view driver,
                                              const Plane& plane, std::uint32_t format,
                                              std::uint64_t modifier);

} // namespace heapsel
