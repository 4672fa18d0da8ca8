// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/binding.hpp>
#include <heapsel/device_memory.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// A plane, and the heaps that it can show the first of its formats from.
struct DisplayPlane {
    Plane plane;        ///< The plane.
    UsableHeaps usable; ///< For its first format, in any layout.
};

/// A DRM device that has a node /dev/dri/cardN and does modesetting, or cannot be asked whether it
/// does. A value.
struct DisplayDevice : DeviceNode {
    std::vector<DisplayPlane> planes; ///< In the driver's order; none where it could not be asked.
    /// What the driver allocates itself, for the dumb buffers of userspace, is bound to. It may
    /// need more of such memory than of what its planes show, so of those it says nothing.
    std::optional<Binding> binding;
    std::string binding_unknown_because; ///< Empty where there is a binding.
    std::vector<DeviceMemory> hidden;    ///< What stays inside the driver, as far as it is known.
};

/// The displays of the machine whose files stand under `root`, by number. Each node of a live
/// machine is opened and closed again, unless `ask` says otherwise; where that makes this process
/// master of a display that has none, it gives that up at once. Never fails: a device that cannot
/// be asked is in the list, with why; a machine without DRM has none.
[[nodiscard]] HEAPSEL_EXPORT std::vector<DisplayDevice>
list_display_devices(const std::filesystem::path& root = "/", Ask ask = Ask::drivers);

/// The one that `device` names: "/dev/dri/card0", a link to it such as those in /dev/dri/by-path,
/// or "card0". What has no / is a name of /dev or of sysfs, and not of the current directory.
///
/// ENODEV: there is none; the hint lists those that there are. EOPNOTSUPP: it does no
/// modesetting.
[[nodiscard]] HEAPSEL_EXPORT Result<DisplayDevice>
find_display_device(std::string_view device, const std::filesystem::path& root = "/");

} // namespace heapsel
