// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/known_counter.hpp"

#include <algorithm>
#include <array>

#include "base/pattern.hpp"

namespace heapsel::bandwidth {
namespace {

std::array<std::span<const KnownCounter>, 2> all_rows() {
    return {nxp_counters(), other_counters()};
}

bool is_for_machine(const KnownCounter& row, std::span<const std::string> machine) {
    return std::ranges::find_first_of(row.machines, machine) != row.machines.end();
}

bool row_fits(const KnownCounter& row, const PmuDescription& pmu,
              std::span<const std::string> machine) {
    if (!fits(row.pmu, pmu.name) || (!row.event.empty() && !pmu.events.contains(row.event)))
        return false;
    if (!row.identifier.empty() && !pmu.identifier.empty())
        return row.identifier == pmu.identifier;
    return (row.identifier.empty() && row.machines.empty()) || is_for_machine(row, machine);
}

} // namespace

bool may_be_known(std::string_view pmu) {
    return std::ranges::any_of(all_rows(), [&](std::span<const KnownCounter> rows) {
        return std::ranges::any_of(rows,
                                   [&](const KnownCounter& row) { return fits(row.pmu, pmu); });
    });
}

const KnownCounter* row_of(const PmuDescription& pmu, std::span<const std::string> machine) {
    for (const std::span<const KnownCounter> rows : all_rows()) {
        const auto row = std::ranges::find_if(
            rows, [&](const KnownCounter& candidate) { return row_fits(candidate, pmu, machine); });
        if (row != rows.end())
            return &*row;
    }
    return nullptr;
}

} // namespace heapsel::bandwidth
