// SPDX-License-Identifier: LGPL-2.1-or-later
#include "usage.hpp"

#include <algorithm>

namespace heapsel::tools {

Usage usage_of(const Heap& heap) {
    return {.heap = heap, .statistics = read_statistics(heap), .accounting = read_accounting(heap)};
}

std::vector<std::string> unknown_because(const Usage& usage) {
    std::vector<std::string> reasons;
    const auto add = [&](const std::string& reason) {
        if (!reason.empty() && !std::ranges::contains(reasons, reason))
            reasons.push_back(reason);
    };
    for (const auto& [name, figure] : heap_figures)
        add((usage.statistics.*figure).unknown_because);
    add(usage.accounting.unknown_because);
    return reasons;
}

} // namespace heapsel::tools
