// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bandwidth/run/figures.hpp"
#include "bandwidth/run/measurement.hpp"

namespace heapsel::bandwidth {

enum class PictureKind : std::uint8_t { svg, png };

/// By the end of the file's name; nothing for another.
[[nodiscard]] std::optional<PictureKind> picture_kind(std::string_view file);

/// What gnuplot is to draw into `file`: a bar for each way that did not fail, MiB a frame from
/// bottom to top: by regions those with ECC and those without; else by masters what each of them
/// read and wrote, and the rest; else what was read and what was written. On top stands the
/// standard deviation of the whole. Empty where no way has figures. Pure.
[[nodiscard]] std::string plot_script(const Measurement& measurement,
                                      std::span<const WayFigures> figures, std::string_view file,
                                      PictureKind kind);

} // namespace heapsel::bandwidth
