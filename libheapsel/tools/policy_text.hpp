// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/policy.hpp>

#include <nlohmann/json.hpp>

#include "policies/policy_reading.hpp"

namespace heapsel::tools {

/// A table with a line for each setting, and where it was asked for; "-" where nobody did.
[[nodiscard]] std::string policy_table(const Policy& policy);

/// Each setting with its "value" and the origin "from", null where nobody asked for it; of
/// "require" a list of them.
[[nodiscard]] nlohmann::ordered_json to_json(const Policy& policy);

/// A line for each: "FILE:LINE:COLUMN: error: what is wrong", as compilers say it; "warning" where
/// it is passed over.
[[nodiscard]] std::string fault_lines(std::span<const PolicyFault> faults);

/// A list, each with "at", "errno" and "message", and whether it "stops" programs.
[[nodiscard]] nlohmann::ordered_json to_json(std::span<const PolicyFault> faults);

} // namespace heapsel::tools
