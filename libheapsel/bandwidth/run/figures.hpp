// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bandwidth/run/measurement.hpp"
#include "bandwidth/run/spread.hpp"

namespace heapsel::bandwidth {

/// Whose bytes a figure is of, and where they were counted.
struct Subject {
    Side side = Side::dram;
    Share share = Share::all;
    std::string of; ///< The master, channel or region; empty for all.
    auto operator<=>(const Subject&) const = default;
};

/// The bytes of a subject for each frame. `both` is there where the counter does not tell one
/// direction from the other; else the sum of the two, of runs that have both.
struct Traffic {
    Subject subject;
    std::optional<Spread> read;
    std::optional<Spread> written;
    std::optional<Spread> both;
};

/// What one way had.
struct WayFigures {
    std::vector<Traffic> traffic; ///< Ordered by subject.
    std::optional<Spread> seconds_per_frame;
    /// Of all regions of which it is known that they have ECC, and that they have none.
    std::optional<Spread> with_ecc;
    std::optional<Spread> without_ecc;
    /// Bytes on the DRAM's side for each byte on the bus' side, where both are counted for all.
    std::optional<double> ecc_tax;

    [[nodiscard]] const Traffic* find(const Subject& subject) const;
    /// The traffic of all masters: the DRAM's side where that is counted.
    [[nodiscard]] const Traffic* whole() const;
};

/// Of each way, in their order. What the machine has when idle is taken off by the second; a figure
/// can be below zero where it had more of it meanwhile. A way that failed has nothing. Pure.
[[nodiscard]] std::vector<WayFigures> figures_of(const Measurement& measurement);

/// What a pass counts in a second when idle: of each of its events, in bytes. Pure.
[[nodiscard]] std::vector<double> idle_rates(const Measurement& measurement, std::size_t pass);

} // namespace heapsel::bandwidth
