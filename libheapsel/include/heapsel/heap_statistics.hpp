// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// A number that the kernel keeps of a heap, or why it is not known. Neither, where the heap has no
/// such figure: `system` has no size.
struct Figure {
    std::optional<std::uint64_t> value; ///< The number.
    std::string unknown_because;        ///< Empty for a value, and where there is no such figure.
    friend bool operator==(const Figure&, const Figure&) = default;
};

/// How full a heap is. A value.
struct HeapStatistics {
    Figure size;         ///< Of the heap's region, in bytes.
    Figure free;         ///< What of it is free, in bytes.
    Figure largest_free; ///< The largest buffer that fits now, in bytes.
    Figure buffers;      ///< How many are live.
    Figure allocated;    ///< In bytes, of the live buffers.
    friend bool operator==(const HeapStatistics&, const HeapStatistics&) = default;
};

/// A figure, and the name of its file in sysfs.
struct NamedFigure {
    std::string_view name;           ///< "size_bytes".
    Figure HeapStatistics::* figure; ///< Where it is kept.
};
inline constexpr std::array heap_figures{
    NamedFigure{.name = "size_bytes", .figure = &HeapStatistics::size},
    NamedFigure{.name = "free_bytes", .figure = &HeapStatistics::free},
    NamedFigure{.name = "largest_free_bytes", .figure = &HeapStatistics::largest_free},
    NamedFigure{.name = "buffers", .figure = &HeapStatistics::buffers},
    NamedFigure{.name = "allocated_bytes", .figure = &HeapStatistics::allocated}};

/// Reads the figures of `heap` from its directories in sysfs. They are read one after another, so
/// those of a busy heap may be of different moments. Never fails: what a kernel does not keep, or
/// what is no number, is unknown, and says why.
///
/// The kernel keeps figures for each name that it has for a region: buffers and bytes are those of
/// all of them.
[[nodiscard]] HEAPSEL_EXPORT HeapStatistics read_statistics(const Heap& heap);

} // namespace heapsel
