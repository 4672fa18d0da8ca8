// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include "io/toml_text.hpp"

namespace heapsel {

/// Whether a policy file in which something is wrong may hold a requirement, however it is
/// misspelt: a key anywhere in it is closer to `require` than to any other of `keys`, or it is none
/// of them, has a list, and is not close to `prefer`, which alone has one besides.
[[nodiscard]] bool may_require(const toml::table& file, std::span<const std::string> keys);

} // namespace heapsel
