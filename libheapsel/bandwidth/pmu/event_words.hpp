// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

#include <heapsel/error.hpp>

#include "bandwidth/pmu/format_field.hpp"
#include "bandwidth/pmu/pmu_description.hpp"

namespace heapsel::bandwidth {

/// What "axid-read,axi_id=0x7c" is for that PMU, as perf takes such words between the slashes: at
/// most one event of its directory `events`, whose own words stand for it, and terms of its
/// directory `format`, with a value, or without one for 1; also config, config1 and config2.
/// Values are decimal or, after 0x, hexadecimal.
///
/// Stricter than perf where perf would encode something else than was meant: two terms for one bit
/// are an error.
///
/// EINVAL: a term is unknown or empty, is there twice, its value is no number, its format makes no
/// sense, or a bit would be set by two terms. ERANGE: a value does not fit its field. The subject
/// is PMU/WORDS/; the hint says what is wrong.
[[nodiscard]] Result<ConfigWords> encode_event(const PmuDescription& pmu, std::string_view words);

} // namespace heapsel::bandwidth
