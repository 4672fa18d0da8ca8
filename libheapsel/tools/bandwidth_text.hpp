// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include "bandwidth/run/figures.hpp"
#include "bandwidth/run/measurement.hpp"

namespace heapsel::tools {

/// What was measured, for a person: what it was measured of and with, a line for each way, one for
/// each region where these are counted, and what each figure is. `figures` are those of the ways.
[[nodiscard]] std::string bandwidth_text(const bandwidth::Measurement& measurement,
                                         std::span<const bandwidth::WayFigures> figures);

} // namespace heapsel::tools
