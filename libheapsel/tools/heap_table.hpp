// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

#include "usage.hpp"

namespace heapsel::tools {

/// How a number of bytes is written: "63.7M", rounded down, or "66846720".
enum class Bytes : std::uint8_t { rounded, exact };

/// A column of a table that has a line for each heap. A cell is one word of printable ASCII, "-"
/// where nothing is known or there is nothing: so awk finds the next one.
struct HeapColumn {
    std::string_view name;
    bool number; ///< It ends at the right of the column.
    std::string (*cell)(const Usage& usage, Bytes bytes);
};

using HeapColumns = std::vector<const HeapColumn*>;

/// The columns of `heapsel list`.
[[nodiscard]] HeapColumns default_columns();
/// The heap's name, and all that the kernel keeps of how full it is.
[[nodiscard]] HeapColumns usage_columns();
/// "NAME", "SIZE", ...: the names of all columns.
[[nodiscard]] std::vector<std::string> column_names();

/// Reads names with commas between them, in capitals or not: "name,size"; with a + before the
/// first, they come behind the default ones. EINVAL: a name that no column has.
[[nodiscard]] Result<HeapColumns> parse_columns(std::string_view text);

/// How a table of heaps looks.
struct HeapTableStyle {
    Bytes bytes = Bytes::rounded;
    bool headings = true; ///< The names of the columns stand in the first row.
};

/// The rows of a `table`: one for each heap.
[[nodiscard]] std::vector<std::vector<std::string>>
heap_rows(std::span<const Usage> usages, const HeapColumns& columns, HeapTableStyle style = {});

/// "63.7M", "512B", "0B": `size_text` as one word.
[[nodiscard]] std::string short_size(std::uint64_t bytes);

} // namespace heapsel::tools
