// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/machine_names.hpp"

#include <cstddef>
#include <ranges>

#include "io/file.hpp"

namespace heapsel::bandwidth {

std::vector<std::string> machine_names(const std::filesystem::path& root) {
    constexpr std::size_t limit = std::size_t{4} << 10U;
    const auto text = read_file(root / "sys/firmware/devicetree/base/compatible", limit);
    std::vector<std::string> names;
    if (!text)
        return names;
    for (const auto& name : *text | std::views::split('\0')) {
        if (!name.empty())
            names.emplace_back(name.begin(), name.end());
    }
    return names;
}

} // namespace heapsel::bandwidth
