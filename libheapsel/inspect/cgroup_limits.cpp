// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/cgroup_limits.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "base/decimal.hpp"
#include "base/lines.hpp"
#include "io/attribute.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// The lines "REGION NUMBER"; those with "max" are left out.
std::map<std::string, std::uint64_t> numbers_by_region(const fs::path& file) {
    std::map<std::string, std::uint64_t> numbers;
    const std::string text = read_file(file, max_attribute).value_or(std::string());
    for (const std::string_view line : lines_of(text)) {
        const auto words = words_of_line(line);
        const auto number = words.size() == 2 ? decimal(words[1]) : std::nullopt;
        if (number)
            numbers.emplace(words[0], *number);
    }
    return numbers;
}

void add_memory(std::vector<CgroupLimit>& limits, const fs::path& directory) {
    const auto limit = read_number(directory / "memory.max");
    const auto used = read_number(directory / "memory.current");
    if (limit && used)
        limits.push_back({.controller = Controller::memcg,
                          .file = (directory / "memory.max").native(),
                          .region = {},
                          .limit = *limit,
                          .used = *used});
}

void add_device_memory(std::vector<CgroupLimit>& limits, const fs::path& directory) {
    const auto used = numbers_by_region(directory / "dmem.current");
    for (const auto& [region, limit] : numbers_by_region(directory / "dmem.max")) {
        const auto found = used.find(region);
        limits.push_back({.controller = Controller::dmem,
                          .file = (directory / "dmem.max").native(),
                          .region = region,
                          .limit = limit,
                          .used = found == used.end() ? 0 : found->second});
    }
}

} // namespace

std::optional<fs::path> unified_cgroup(std::string_view text) {
    constexpr std::string_view unified = "0::/";
    for (const std::string_view line : lines_of(text)) {
        if (!line.starts_with(unified))
            continue;
        const fs::path path(line.substr(unified.size()));
        const bool inside = path.is_relative() && !std::ranges::contains(path, fs::path(".."));
        return inside ? std::optional(path) : std::nullopt;
    }
    return std::nullopt;
}

std::vector<CgroupLimit> read_cgroup_limits(const fs::path& root) {
    std::vector<CgroupLimit> limits;
    const auto text = read_file(root / "proc/self/cgroup", max_attribute);
    const auto group = text ? unified_cgroup(*text) : std::nullopt;
    if (!group)
        return limits;
    // In a cgroup namespace the topmost group is the container's own, and may have limits.
    for (fs::path at = *group;; at = at.parent_path()) {
        const fs::path directory = root / "sys/fs/cgroup" / at;
        add_memory(limits, directory);
        add_device_memory(limits, directory);
        if (at.empty())
            return limits;
    }
}

} // namespace heapsel
