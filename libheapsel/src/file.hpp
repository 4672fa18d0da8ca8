// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include <heapsel/error.hpp>

namespace heapsel {

/// The bytes of a regular file (or of one in proc or sysfs). Never blocks on a FIFO or a device.
///
/// EINVAL: not a regular file. EFBIG: more than `limit` bytes. Else the errno of open(2), read(2).
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

} // namespace heapsel
