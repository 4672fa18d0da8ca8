// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heapsel {

/// A directory of /sys/kernel/mm/cma: an area of the contiguous memory allocator. Counts are of the
/// kernel's pages; a file that is absent or no number leaves one out.
struct CmaArea {
    std::string name;
    std::optional<std::uint64_t> total_pages;
    std::optional<std::uint64_t> available_pages;
};

/// A count of pages in bytes; unknown where it is, or where 64 bits do not hold it.
[[nodiscard]] std::optional<std::uint64_t> in_bytes(const std::optional<std::uint64_t>& pages,
                                                    std::uint64_t page_size);

/// The areas of the machine whose files stand under `root`, sorted by name; none where the kernel
/// has no CONFIG_CMA_SYSFS.
[[nodiscard]] std::vector<CmaArea> read_cma_areas(const std::filesystem::path& root);

/// `path`, with every link followed, is a directory of the sysfs under `root`, and no link leads
/// out of that. So it is in a recording, too.
[[nodiscard]] bool is_sysfs_directory(const std::filesystem::path& root,
                                      const std::filesystem::path& path);

/// The directories of /sys/class/NAME, sorted; none where the kernel has no such class. A link that
/// leads out of `root`'s sysfs is passed over.
[[nodiscard]] std::vector<std::filesystem::path>
class_directories(const std::filesystem::path& root, std::string_view name);

} // namespace heapsel
