// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/pmu/pmu_description.hpp"

namespace heapsel::bandwidth {

/// What one event of a PMU counts, as its driver's source says. The unit and the scale that sysfs
/// has beside some events are for what perf prints, and differ in what they call a megabyte: no
/// figure is made from them.
struct KnownEvent {
    std::string_view words;
    Direction direction = Direction::both;
    Side side = Side::dram;
    std::int64_t bytes = 1; ///< Of one count; below 0 as in MemoryEvent.
    Share share = Share::all;
    std::string_view of; ///< Whose; empty for all.
    std::string_view source;
};

[[nodiscard]] constexpr KnownEvent of_all(std::string_view words, Direction direction, Side side,
                                          std::int64_t bytes, std::string_view source) {
    return {.words = words,
            .direction = direction,
            .side = side,
            .bytes = bytes,
            .share = Share::all,
            .of = {},
            .source = source};
}

/// Of the master or the channel `name`.
[[nodiscard]] constexpr KnownEvent of_one(std::string_view words, Direction direction, Side side,
                                          std::int64_t bytes, Share share, std::string_view name,
                                          std::string_view source) {
    return {.words = words,
            .direction = direction,
            .side = side,
            .bytes = bytes,
            .share = share,
            .of = name,
            .source = source};
}

using KnownPass = std::span<const KnownEvent>;

/// A row of the table: PMUs of one kind. Several of it on a machine are one memory's: their figures
/// add up.
struct KnownCounter {
    std::string_view pmu;        ///< A pattern of names: "imx8_ddr*".
    std::string_view identifier; ///< What its file `identifier` has to say; empty: anything.
    /// Of these one has to be among the machine's compatibles; empty: any machine. Where the
    /// identifier told it already, the machine is not asked.
    std::span<const std::string_view> machines;
    std::string_view event; ///< One that it has to have; empty: whatever it has.
    std::string_view soc;
    std::span<const KnownPass> passes;
    std::span<const std::string_view> cautions;
    /// The term that takes the number of a file of the PMU's directory `regions`; empty: it has
    /// none. Then the words of its events are also encoded with that term, for each region.
    std::string_view region_term;
    bool emulator = false;
    bool stops_at_overflow = false;
};

/// The rows, those of one vendor apart. The first one that fits a PMU is its row.
[[nodiscard]] std::span<const KnownCounter> nxp_counters();
[[nodiscard]] std::span<const KnownCounter> other_counters();

/// There is a row for a PMU of that name.
[[nodiscard]] bool may_be_known(std::string_view pmu);

/// Nothing where no row fits it on a machine with these compatibles, see machine_names().
[[nodiscard]] const KnownCounter* row_of(const PmuDescription& pmu,
                                         std::span<const std::string> machine);

} // namespace heapsel::bandwidth
