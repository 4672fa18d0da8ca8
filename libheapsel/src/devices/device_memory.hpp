// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/device_memory.hpp>
#include <heapsel/device_node.hpp>

#include "devices/enum_heaps.hpp"

namespace heapsel {

/// The memory for a use of the device behind a node: what the driver says, as `heaps` has it, and
/// what sysfs does.
[[nodiscard]] DeviceMemory memory_for(const std::filesystem::path& root, const DeviceNode& device,
                                      UseHeaps heaps);

/// What stays inside the driver: what `list` says, or, where that is not known, the uses in sysfs
/// that are not `visible`.
[[nodiscard]] std::vector<DeviceMemory> hidden_memories(const std::filesystem::path& root,
                                                        const DeviceNode& device, HeapList list,
                                                        std::span<const std::string> visible);

/// Of which nobody says anything.
[[nodiscard]] UsableHeaps unknown_heaps(std::string because);

} // namespace heapsel
