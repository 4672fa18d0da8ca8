// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace heapsel::bandwidth {

/// What several runs had of something.
struct Spread {
    double mean = 0;
    std::optional<double> deviation; ///< The sample's standard deviation; absent of one run.
    std::size_t runs = 0;
    bool operator==(const Spread&) const = default;
};

/// Nothing of no values. Pure.
[[nodiscard]] std::optional<Spread> spread_of(std::span<const double> values);

} // namespace heapsel::bandwidth
