// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace heapsel::tools {

/// Rows of cells as left-aligned columns two blanks apart, without blanks at the end of a line. The
/// cells are printable ASCII. A row may be shorter than the others.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows);

/// `text` broken between words so that no line is longer than `width`, each line after `indent`
/// blanks. A word that is longer stands alone.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent, std::size_t width);

/// Rows of cells as `table` has them, each line after `indent` blanks; the last cell of a row is
/// broken between words where a line would be longer than `width`, and goes on in its column.
[[nodiscard]] std::string wrapped_table(const std::vector<std::vector<std::string>>& rows,
                                        std::size_t indent, std::size_t width);

} // namespace heapsel::tools
