// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>

#include "io/directory.hpp"

namespace heapsel {

/// What sysfs gives at most for one attribute on any machine: a page, of 64 KiB where it is
/// largest.
inline constexpr std::size_t max_attribute = std::size_t{64} << 10U;

/// The one line of a sysfs attribute, without the newline that may end it. The bytes are untrusted.
///
/// ENOENT: there is no such file. EINVAL: it is a link or no regular file, is empty, or goes on
/// after its line. EFBIG: it is longer than the limit. Else the errno of open(2), read(2).
[[nodiscard]] Result<std::string> read_attribute(const std::filesystem::path& path);

/// An attribute that is an unsigned decimal number and nothing else.
///
/// As above; EINVAL also: it is no such number. ERANGE: it does not fit 64 bits. The hint says
/// what stands there.
[[nodiscard]] Result<std::uint64_t> read_number(const std::filesystem::path& path);

/// The same of the attribute `name` below `directory`.
[[nodiscard]] Result<std::uint64_t> read_number(const Directory& directory,
                                                const std::string& name);

/// Writes `text` to an attribute of sysfs or tracefs in one write(2), which is one command to it. 0
/// if all of it was taken, EIO if a part was, else the errno of open(2) (ELOOP: it is a link) or
/// write(2).
[[nodiscard]] int write_attribute(const std::filesystem::path& path, std::string_view text);

/// Such a line for a message: printable, in quotes, and no more of it than a person reads.
[[nodiscard]] std::string excerpt(std::string_view text);

} // namespace heapsel
