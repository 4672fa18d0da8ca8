// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include <heapsel/export.hpp>

namespace heapsel {

/// A number of bytes for a person: "64 MiB", "1.5 GiB", "512 B". At most one decimal, rounded down,
/// so that what is free is never more than what is there.
[[nodiscard]] HEAPSEL_EXPORT std::string size_text(std::uint64_t bytes);

} // namespace heapsel
