// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

/// What sees the traffic of memory and gives no bytes that could be measured with. A value.
struct UncountedMemory {
    std::string name; ///< Of a PMU in sysfs, or of a device: "imx8_ddr0", "90b6400.pmu". Raw.
    std::string why;  ///< A sentence.

    bool operator==(const UncountedMemory&) const = default;
};

/// Those of the machine whose files stand under `root`, PMUs first, each kind sorted by name.
///
/// The errors are those of pmu_names() and read_pmu().
[[nodiscard]] Result<std::vector<UncountedMemory>>
find_uncounted_memory(const std::filesystem::path& root);

} // namespace heapsel::bandwidth
