// SPDX-License-Identifier: LGPL-2.1-or-later
#include "region_table.hpp"

#include <format>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "table.hpp"

namespace heapsel::tools {
namespace {

std::string address(const PlannedRegion& region) {
    if (region.region)
        return std::format("{:#x}", region.region->base);
    return region.size ? "at boot" : "-";
}

std::string size(const PlannedRegion& region, Bytes bytes) {
    if (!region.size)
        return "-";
    return bytes == Bytes::exact ? std::to_string(*region.size) : size_text(*region.size);
}

/// Without the parent, which all have.
std::string_view name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

std::string region_table(std::span<const PlannedRegion> regions, Bytes bytes) {
    std::vector<std::vector<std::string>> rows{
        {"REGION", "ADDRESS", "SIZE", "USE", "DEVICES", "BECAUSE"}};
    for (const PlannedRegion& region : regions) {
        rows.push_back({printable(name(region.path)), address(region), size(region, bytes),
                        std::string(to_string(region.use)),
                        region.users.empty() ? "-" : printable(name(region.users.front())),
                        region.reason});
        for (std::size_t i = 1; i < region.users.size(); ++i)
            rows.push_back({"", "", "", "", printable(name(region.users[i])), ""});
    }
    return table(rows);
}

} // namespace heapsel::tools
