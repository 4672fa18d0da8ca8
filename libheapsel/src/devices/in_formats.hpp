// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/plane.hpp>

namespace heapsel {

/// Reads the blob of a plane's property IN_FORMATS: each format with each modifier that the plane
/// takes it in, in the blob's order of modifiers. Pure; the bytes are untrusted.
///
/// EINVAL: it is no such blob; the hint says what is wrong with it.
[[nodiscard]] Result<std::vector<FormatModifier>> parse_in_formats(std::span<const std::byte> blob);

} // namespace heapsel
