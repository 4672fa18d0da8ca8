// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/pmu/uncounted_memory.hpp"
#include "json.hpp"

namespace heapsel::tools {

/// For each counter a heading, a line for each figure that it gives, where what a count is comes
/// from, and what who reads its figures has to know; then what gives no figure, and why. Empty
/// where there is neither.
[[nodiscard]] std::string counter_table(std::span<const bandwidth::MemoryCounter> counters,
                                        std::span<const bandwidth::UncountedMemory> uncounted);

/// All of their members, the events by passes; bytes of one count are below 0 where they are taken
/// off. Names are as `printable` writes them; configs are hexadecimal numbers in strings, since not
/// every reader of JSON has 64 bits.
[[nodiscard]] nlohmann::ordered_json to_json(const bandwidth::MemoryCounter& counter);
[[nodiscard]] nlohmann::ordered_json to_json(const bandwidth::UncountedMemory& uncounted);

} // namespace heapsel::tools
