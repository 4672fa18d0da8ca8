// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace heapsel {

/// What the first member of a gzip file holds, its checksum compared; for /proc/config.gz. Pure.
///
/// EINVAL: no gzip file, or one that is cut off or damaged. EFBIG: more than `limit` bytes. ENOMEM:
/// zlib has no memory for it.
[[nodiscard]] std::expected<std::string, int> gunzip(std::string_view packed, std::size_t limit);

} // namespace heapsel
