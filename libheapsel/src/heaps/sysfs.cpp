// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/sysfs.hpp"

#include <algorithm>
#include <limits>
#include <system_error>
#include <utility>

#include "io/attribute.hpp"
#include "io/directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> read_count(const fs::path& path) {
    const auto count = read_number(path);
    return count ? std::optional(*count) : std::nullopt;
}

/// `top` has no link in it.
bool is_directory_below(const fs::path& top, const fs::path& path) {
    std::error_code failure;
    const fs::path target = fs::canonical(path, failure);
    if (failure || !fs::is_directory(target, failure))
        return false;
    const auto [at, rest] = std::ranges::mismatch(top, target);
    return at == top.end() && rest != target.end();
}

/// None where the directory cannot be listed.
std::vector<DirectoryEntry> entries_of(const fs::path& directory) {
    return list_directory(directory).value_or(std::vector<DirectoryEntry>{});
}

} // namespace

std::optional<std::uint64_t> in_bytes(const std::optional<std::uint64_t>& pages,
                                      std::uint64_t page_size) {
    if (!pages || *pages > std::numeric_limits<std::uint64_t>::max() / page_size)
        return std::nullopt;
    return *pages * page_size;
}

std::vector<CmaArea> read_cma_areas(const fs::path& root) {
    std::vector<CmaArea> areas;
    const fs::path directory = root / "sys/kernel/mm/cma";
    for (const auto& [name, type] : entries_of(directory)) {
        if (type != fs::file_type::directory)
            continue;
        const fs::path path = directory / name;
        areas.push_back({.name = name,
                         .total_pages = read_count(path / "total_pages"),
                         .available_pages = read_count(path / "available_pages")});
    }
    return areas;
}

bool is_sysfs_directory(const fs::path& root, const fs::path& path) {
    std::error_code failure;
    const fs::path top = fs::canonical(root / "sys", failure);
    return !failure && is_directory_below(top, path);
}

std::vector<fs::path> class_directories(const fs::path& root, std::string_view name) {
    std::vector<fs::path> paths;
    std::error_code failure;
    const fs::path top = fs::canonical(root / "sys", failure);
    if (failure)
        return paths;
    const fs::path directory = root / "sys/class" / name;
    for (const DirectoryEntry& entry : entries_of(directory)) {
        fs::path path = directory / entry.name;
        if (is_directory_below(top, path))
            paths.push_back(std::move(path));
    }
    return paths;
}

} // namespace heapsel
