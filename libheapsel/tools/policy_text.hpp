// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/error.hpp>
#include <heapsel/policy.hpp>

#include <nlohmann/json.hpp>

namespace heapsel::tools {

/// A table with a line for each setting, and where it was asked for; "-" where nobody did.
[[nodiscard]] std::string policy_table(const Policy& policy);

/// Each setting with its "value" and the origin "from", null where nobody asked for it; of
/// "require" a list of them.
[[nodiscard]] nlohmann::ordered_json to_json(const Policy& policy);

/// A line for each: "FILE:LINE:COLUMN: what is wrong", as compilers say it.
[[nodiscard]] std::string error_lines(std::span<const Error> errors);

/// A list, each with "at", "errno" and "message".
[[nodiscard]] nlohmann::ordered_json to_json(std::span<const Error> errors);

} // namespace heapsel::tools
