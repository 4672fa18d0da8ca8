// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sysfs.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> read_count(const fs::path& path) {
    constexpr std::size_t longest = 32;
    const auto text = read_file(path, longest);
    if (!text)
        return std::nullopt;
    std::uint64_t value = 0;
    const char* const end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, value);
    const bool whole = parsed.ptr == end || (*parsed.ptr == '\n' && parsed.ptr + 1 == end);
    if (parsed.ec != std::errc() || !whole)
        return std::nullopt;
    return value;
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

} // namespace heapsel
