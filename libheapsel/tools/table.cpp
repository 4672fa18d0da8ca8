// SPDX-License-Identifier: LGPL-2.1-or-later
#include "table.hpp"

#include <algorithm>
#include <sstream>

namespace heapsel::tools {

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::size_t> widths_of(const Rows& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    return widths;
}

/// The first `count` cells of `row`, each with the blanks behind it.
std::string line_of(const std::vector<std::string>& row, std::size_t count,
                    const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < count; ++i) {
        line += row[i];
        // A column in which no row has anything takes no room.
        if (widths[i] > 0)
            line.append(widths[i] - row[i].size() + 2, ' ');
    }
    return line;
}

void trim(std::string& line) {
    line.erase(line.find_last_not_of(' ') + 1);
}

} // namespace

std::string table(const Rows& rows) {
    const auto widths = widths_of(rows);
    std::string text;
    for (const auto& row : rows) {
        std::string line = line_of(row, row.size(), widths);
        trim(line);
        text += line + '\n';
    }
    return text;
}

std::string wrapped_table(const Rows& rows, std::size_t indent, std::size_t width) {
    const auto widths = widths_of(rows);
    std::string text;
    for (const auto& row : rows) {
        std::string line = std::string(indent, ' ') + line_of(row, row.size() - 1, widths);
        // Where the columns leave the last one little room, it has lines of its own.
        const bool below = line.size() + row.back().size() > width && line.size() > width / 2;
        const std::size_t column = below ? 2 * indent : line.size();
        std::string last = wrapped(row.back(), column, width);
        if (!below && !last.empty())
            last.erase(0, column);
        if (below || last.empty()) {
            trim(line);
            line += '\n';
        }
        text += line + last;
    }
    return text;
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    std::istringstream words(text);
    std::string out;
    std::string line;
    for (std::string word; words >> word;) {
        if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
            out += std::string(indent, ' ') + line + '\n';
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? out : out + std::string(indent, ' ') + line + '\n';
}

} // namespace heapsel::tools
