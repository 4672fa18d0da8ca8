// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// A node of a device whose driver may take memory from heaps, as it was when it was looked at. A
/// value.
struct DeviceNode {
    std::string name;                ///< The kernel's: "video0", "card0".
    std::filesystem::path node;      ///< /dev/video0, under the scanned root.
    std::filesystem::path directory; ///< Of the device behind it in sysfs, under the scanned root.
    std::string driver;              ///< Raw; empty where it is not known.
    std::string unasked_because;     ///< Empty where the driver could be asked.
};

/// Whether drivers are asked, for which the nodes of a live machine are opened: that can light a
/// camera's lamp, or wake a device that sleeps.
enum class Ask : std::uint8_t {
    drivers,
    sysfs_alone ///< No node is opened: the bindings are known, and nothing that only a driver says.
};

/// `device` names a display: "/dev/dri/card0", a link to it such as those in /dev/dri/by-path, or
/// "card0". Whether there is one does not matter.
[[nodiscard]] HEAPSEL_EXPORT bool names_display(std::string_view device,
                                                const std::filesystem::path& root = "/");

} // namespace heapsel
