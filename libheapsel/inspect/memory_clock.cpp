// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/memory_clock.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "io/attribute.hpp"
#include "io/directory.hpp"

namespace heapsel {
namespace {

/// What has one frequency to choose from stays at it, whatever governs it.
bool stays(const std::filesystem::path& directory, std::string_view governor) {
    constexpr std::array fixed{"performance", "powersave", "userspace"};
    if (std::ranges::contains(fixed, governor))
        return true;
    const auto least = read_number(directory / "min_freq");
    const auto most = read_number(directory / "max_freq");
    return least && most && *least == *most;
}

} // namespace

bool is_memory_controller(const std::string& name) {
    constexpr std::array words{"memory-controller", "dmc", "ddr", "external-memory", "emc"};
    return std::ranges::any_of(words, [&](std::string_view word) { return name.contains(word); });
}

std::vector<MemoryClock> read_memory_clocks(const std::filesystem::path& root) {
    const auto directory = root / "sys/class/devfreq";
    std::vector<MemoryClock> clocks;
    for (const DirectoryEntry& entry :
         list_directory(directory).value_or(std::vector<DirectoryEntry>())) {
        if (!is_memory_controller(entry.name))
            continue;
        const auto clock = directory / entry.name;
        const std::string governor = read_attribute(clock / "governor").value_or(std::string());
        clocks.push_back(
            {.name = entry.name, .governor = governor, .pinned = stays(clock, governor)});
    }
    return clocks;
}

} // namespace heapsel
