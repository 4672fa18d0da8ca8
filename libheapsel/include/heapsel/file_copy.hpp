// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <heapsel/export.hpp>

namespace heapsel {

/// How bytes came from a file into a buffer, or from a buffer into a file.
enum class CopyWay : std::uint8_t {
    direct,   ///< The storage device wrote or read the buffer; the CPU touched nothing.
    one_copy, ///< The kernel copied them, with copy_file_range(2) too.
    mapping   ///< This process read or wrote the file through a mapping of the buffer.
};

/// The word that is written for it: "direct", "one copy", "mapping".
[[nodiscard]] HEAPSEL_EXPORT const char* to_string(CopyWay way);

/// Which bytes of a file and of a buffer to copy, and whether past the page cache.
struct FilePart {
    std::uint64_t file_offset = 0; ///< The first of the file.
    std::size_t buffer_offset = 0; ///< The first of the buffer.
    /// How many; nothing: as many as there are from `buffer_offset` on.
    std::optional<std::size_t> size = std::nullopt;
    /// Whether the file is read or written as it was opened. Otherwise, one that was opened without
    /// O_DIRECT is opened once more with it, if that is possible (the process needs /proc for it).
    /// A file that is in the page cache already is read faster from there.
    bool as_opened = false;
};

/// What was copied. A value.
struct FileCopy {
    std::size_t bytes = 0; ///< How many.
    /// The way that the whole blocks of the file took, as far as it can be known: the kernel does
    /// not tell. `direct` is claimed only of memory that is known to be cached, as the kernel has
    /// pages of no other. What is no whole block at the start and the end is copied.
    CopyWay way = CopyWay::mapping;
    friend bool operator==(const FileCopy&, const FileCopy&) = default;
};

} // namespace heapsel
