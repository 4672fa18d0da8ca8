// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace heapsel {

/// The names of the environment's variables that speak of the policy.
[[nodiscard]] std::vector<std::string> policy_variables();

} // namespace heapsel
