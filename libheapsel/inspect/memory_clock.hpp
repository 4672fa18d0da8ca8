// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace heapsel {

/// The clock of a memory controller that devfreq governs. A value; texts are raw.
struct MemoryClock {
    std::string name;     ///< In /sys/class/devfreq: "dmc", "3d400000.memory-controller".
    std::string governor; ///< "simple_ondemand"; empty where it cannot be read.
    bool pinned = false;  ///< It stays as it is, whatever the load.
    bool operator==(const MemoryClock&) const = default;
};

/// A name of devfreq that is a memory controller's, by the words that device trees have for one.
/// Pure.
[[nodiscard]] bool is_memory_controller(const std::string& name);

/// Of the machine whose files stand under `root`, by name; none where devfreq governs none.
[[nodiscard]] std::vector<MemoryClock> read_memory_clocks(const std::filesystem::path& root);

} // namespace heapsel
