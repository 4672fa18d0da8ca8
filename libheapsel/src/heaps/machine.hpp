// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/heap_fact.hpp"
#include "heaps/sysfs.hpp"
#include "heaps/sysfs_entries.hpp"
#include "tree/command_line.hpp"
#include "tree/memory_map.hpp"

namespace heapsel {

enum class TreeState : std::uint8_t {
    absent,     ///< A machine without a device tree, or a recording without it.
    unreadable, ///< It is there and cannot be read, is hidden, or is malformed.
    read
};

/// What a machine says about its memory, besides the list of its heaps. A value.
struct Machine {
    TreeState tree = TreeState::absent;
    MemoryMap memory;
    bool command_line_known = false;
    std::optional<CmaParameter> cma;
    std::vector<CmaArea> cma_areas;
    std::vector<HeapDirectory> heap_directories;
    std::optional<std::uint64_t> page_size; ///< Unknown for a recorded tree.
    /// CMA areas consist of blocks of so many bytes; unknown where they are not planned.
    std::optional<std::uint64_t> cma_block;
    std::vector<std::string> compatible; ///< Of the device tree's root.
    std::vector<HeapFact> facts; ///< What files say of the heaps of its kernel, see read_facts().
    std::string kernel_release;  ///< "6.1.75-rockchip"; empty where it was not read.
    std::vector<std::string> warnings;

    [[nodiscard]] const CmaArea* area(std::string_view name) const;
    [[nodiscard]] const HeapDirectory* sysfs_entries(std::string_view name) const;
    /// In bytes, where the page size and the count of pages are known.
    [[nodiscard]] std::optional<std::uint64_t> area_size(std::string_view name) const;
};

/// `root` is the machine that runs this, and not a recording.
[[nodiscard]] bool is_live(const std::filesystem::path& root);

/// The machine has a device tree, and nothing under `root` shows it: /proc/device-tree leads to
/// nothing, as in containers that cover /sys/firmware.
[[nodiscard]] bool hides_tree(const std::filesystem::path& root);

/// Reads the device tree, the kernel's command line, the CMA areas and the heaps' directories in
/// sysfs under `root`. What cannot be read is left out, with a warning where it should have been
/// readable.
[[nodiscard]] Machine read_machine(const std::filesystem::path& root);

/// Adds the facts of the files under `root`, what is wrong with these, and the kernel's release,
/// which facts go by.
void read_facts(Machine& machine, const std::filesystem::path& root);

} // namespace heapsel
