// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/spread.hpp"

#include <cmath>
#include <numeric>

namespace heapsel::bandwidth {

std::optional<Spread> spread_of(std::span<const double> values) {
    if (values.empty())
        return std::nullopt;
    const auto count = static_cast<double>(values.size());
    Spread spread{.mean = std::reduce(values.begin(), values.end()) / count,
                  .deviation = std::nullopt,
                  .runs = values.size()};
    if (values.size() > 1) {
        double squares = 0;
        for (const double value : values)
            squares += (value - spread.mean) * (value - spread.mean);
        spread.deviation = std::sqrt(squares / (count - 1));
    }
    return spread;
}

} // namespace heapsel::bandwidth
