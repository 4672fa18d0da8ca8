// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/policy_file.hpp>
#include <heapsel/policy_sources.hpp>

namespace heapsel {

/// Something wrong with a policy.
struct PolicyFault {
    Error error;
    bool stops = false; ///< A requirement may be lost by it, so nothing may be chosen.
};

/// What of a policy file is sound, and what is not.
struct PolicyReading {
    PolicyFile file;
    std::vector<PolicyFault> faults;
};

/// Pure, and it takes any bytes. The errors are those of `parse_policy`.
[[nodiscard]] PolicyReading read_policy_text(std::string_view text, std::string_view file);

/// The errors are those of `read_policy`.
[[nodiscard]] PolicyReading read_policy_file(const std::filesystem::path& file);

/// The same of all places.
struct PoliciesReading {
    PolicyLayers layers;
    std::vector<PolicyFault> faults;
};

/// The errors are those of `load_policy`.
[[nodiscard]] PoliciesReading read_policies(const PolicySources& sources);

/// Without what follows from each.
[[nodiscard]] std::vector<Error> errors_of(std::vector<PolicyFault> faults);

} // namespace heapsel
