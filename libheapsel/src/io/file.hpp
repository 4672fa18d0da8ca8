// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include <fcntl.h>

#include <heapsel/error.hpp>

namespace heapsel {

/// The bytes of a regular file (or of one in proc or sysfs). Never blocks on a FIFO or a device.
///
/// EINVAL: not a regular file. EFBIG: more than `limit` bytes. Else the errno of open(2), read(2).
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

/// How it opens a file: opening blocks on none either.
inline constexpr int file_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

/// How it is seen that a file has no more.
enum class FileEnd : std::uint8_t {
    at_size,      ///< It says how large it is, and that much was read; one of proc says 0.
    at_short_read ///< An attribute of sysfs, which says a page and gives its value at once.
};

/// The same of a file that is open, or its errno.
[[nodiscard]] std::expected<std::string, int> read_open_file(int fd, std::size_t limit,
                                                             FileEnd end = FileEnd::at_size);
/// The error of either.
[[nodiscard]] std::unexpected<Error> unreadable(int code, std::string path);

} // namespace heapsel
