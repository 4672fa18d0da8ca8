// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace heapsel::tools {

/// A variable of the environment that looks like one of heapsel's misspelt, and is none.
struct UnknownVariable {
    std::string name;    ///< Raw.
    std::string nearest; ///< What may be meant.
};

/// Among `environment`, which is as environ(7): a null behind the last "NAME=VALUE". Others that
/// begin with HEAPSEL_ may be somebody's own.
[[nodiscard]] std::vector<UnknownVariable> unknown_variables(const char* const* environment);

} // namespace heapsel::tools
