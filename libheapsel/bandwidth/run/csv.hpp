// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "bandwidth/run/measurement.hpp"

namespace heapsel::bandwidth {

/// A line for each event of each run, with the names of the columns in the first: what was counted
/// as it was counted, and the bytes a frame with what is idle taken off. Cells are printable, and
/// in quotes where they have to be. Pure.
[[nodiscard]] std::string csv_of(const Measurement& measurement);

} // namespace heapsel::bandwidth
