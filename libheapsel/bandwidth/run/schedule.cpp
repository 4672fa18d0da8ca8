// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/schedule.hpp"

#include <algorithm>
#include <iterator>

namespace heapsel::bandwidth {

std::string_view to_string(Order order) {
    switch (order) {
    case Order::abba:
        return "abba";
    case Order::abab:
        return "abab";
    }
    return {};
}

std::vector<Step> schedule(std::size_t ways, std::size_t passes, std::size_t runs, Order order) {
    std::vector<Step> steps;
    for (std::size_t round = 0; round < runs; ++round) {
        const auto first = static_cast<std::ptrdiff_t>(steps.size());
        for (std::size_t way = 0; way < ways; ++way)
            for (std::size_t pass = 0; pass < passes; ++pass)
                steps.push_back({.round = round, .way = way, .pass = pass});
        if (order == Order::abba && round % 2 == 1)
            std::reverse(steps.begin() + first, steps.end());
    }
    return steps;
}

} // namespace heapsel::bandwidth
