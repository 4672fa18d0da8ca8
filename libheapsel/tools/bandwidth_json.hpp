// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include <nlohmann/json.hpp>

#include "bandwidth/run/figures.hpp"
#include "bandwidth/run/measurement.hpp"

namespace heapsel::tools {

/// All of it: what was counted as it was counted, so that a number of bytes a count that was wrong
/// can be mended later, and the figures in bytes a frame. "schema" is 1, and goes up where what is
/// there now gets another meaning. Texts are as `printable` writes them; what is not known is null.
[[nodiscard]] nlohmann::ordered_json bandwidth_json(const bandwidth::Measurement& measurement,
                                                    std::span<const bandwidth::WayFigures> figures);

} // namespace heapsel::tools
