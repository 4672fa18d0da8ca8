// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sysfs.hpp"

#include <algorithm>
#include <system_error>

#include "attribute.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> read_count(const fs::path& path) {
    const auto count = read_number(path);
    return count ? std::optional(*count) : std::nullopt;
}

} // namespace

std::vector<CmaArea> read_cma_areas(const fs::path& root) {
    std::vector<CmaArea> areas;
    std::error_code failure;
    fs::directory_iterator entry(root / "sys/kernel/mm/cma", failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
        std::error_code no_folder;
        if (!entry->is_directory(no_folder))
            continue;
        areas.push_back({.name = entry->path().filename().native(),
                         .total_pages = read_count(entry->path() / "total_pages"),
                         .available_pages = read_count(entry->path() / "available_pages")});
    }
    std::ranges::sort(areas, {}, &CmaArea::name);
    return areas;
}

bool is_sysfs_folder(const fs::path& root, const fs::path& path) {
    std::error_code failure;
    const fs::path top = fs::canonical(root / "sys", failure);
    const fs::path target = failure ? fs::path() : fs::canonical(path, failure);
    if (failure || !fs::is_directory(target, failure))
        return false;
    const auto [at, rest] = std::ranges::mismatch(top, target);
    return at == top.end() && rest != target.end();
}

std::vector<fs::path> class_folders(const fs::path& root, std::string_view name) {
    std::vector<fs::path> paths;
    std::error_code failure;
    fs::directory_iterator entry(root / "sys/class" / name, failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
        if (is_sysfs_folder(root, entry->path()))
            paths.push_back(entry->path());
    }
    std::ranges::sort(paths);
    return paths;
}

} // namespace heapsel
