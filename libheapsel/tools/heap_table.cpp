// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap_table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <format>
#include <iterator>
#include <optional>
#include <ranges>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "base/joined.hpp"
#include "base/nearest_name.hpp"

namespace heapsel::tools {
namespace {

constexpr std::string_view nothing = "-";

std::string word(std::string_view raw) {
    std::string text;
    for (const char c : printable(raw))
        text += c == ' ' ? std::string("\\x20") : std::string(1, c);
    return text.empty() ? std::string(nothing) : text;
}

std::string bytes_cell(std::optional<std::uint64_t> number, Bytes bytes) {
    if (!number)
        return std::string(nothing);
    return bytes == Bytes::exact ? std::to_string(*number) : short_size(*number);
}

std::string address_cell(std::optional<std::uint64_t> address) {
    return address ? std::format("{:#x}", *address) : std::string(nothing);
}

template <Figure HeapStatistics::* figure>
std::string figure_cell(const Usage& usage, Bytes bytes) {
    return bytes_cell((usage.statistics.*figure).value, bytes);
}

template <Trait trait>
std::string trait_cell(const Usage& usage, Bytes /*bytes*/) {
    const Answer answer = usage.heap.property(trait).answer;
    return std::string(answer == Answer::unknown ? nothing : to_string(answer));
}

std::string name_cell(const Usage& usage, Bytes /*bytes*/) {
    return word(usage.heap.name);
}

/// The kernel's figure, or else what was learned elsewhere.
std::string size_cell(const Usage& usage, Bytes bytes) {
    const auto& figure = usage.statistics.size.value;
    return bytes_cell(figure ? figure : usage.heap.size, bytes);
}

std::string access_cell(const Usage& usage, Bytes /*bytes*/) {
    const Permission permission = usage.heap.permission;
    return std::string(permission == Permission::unknown ? nothing : to_string(permission));
}

/// No name of a file has a slash.
std::string aliases_cell(const Usage& usage, Bytes /*bytes*/) {
    return word(joined(usage.heap.aliases, "/"));
}

std::string device_cell(const Usage& usage, Bytes /*bytes*/) {
    return word(usage.heap.device);
}

std::string begin_cell(const Usage& usage, Bytes /*bytes*/) {
    const auto& region = usage.heap.region;
    return address_cell(region ? std::optional(region->base) : std::nullopt);
}

std::string last_cell(const Usage& usage, Bytes /*bytes*/) {
    return address_cell(usage.heap.last_address);
}

std::string align_cell(const Usage& usage, Bytes bytes) {
    return bytes_cell(usage.heap.largest_alignment, bytes);
}

std::string buffers_cell(const Usage& usage, Bytes /*bytes*/) {
    return bytes_cell(usage.statistics.buffers.value, Bytes::exact);
}

std::string accounting_cell(const Usage& usage, Bytes /*bytes*/) {
    const auto& controller = usage.accounting.controller;
    return std::string(controller ? to_string(*controller) : nothing);
}

std::string region_cell(const Usage& usage, Bytes /*bytes*/) {
    return word(usage.accounting.region.value_or(""));
}

constexpr std::array all_columns{
    HeapColumn{.name = "NAME", .number = false, .cell = name_cell},
    HeapColumn{.name = "SIZE", .number = true, .cell = size_cell},
    HeapColumn{.name = "FREE", .number = true, .cell = figure_cell<&HeapStatistics::free>},
    HeapColumn{.name = "CONTIG", .number = false, .cell = trait_cell<Trait::contiguous>},
    HeapColumn{.name = "CACHED", .number = false, .cell = trait_cell<Trait::cached>},
    HeapColumn{.name = "ECC", .number = false, .cell = trait_cell<Trait::ecc>},
    HeapColumn{.name = "ACCESS", .number = false, .cell = access_cell},
    HeapColumn{.name = "PROTECTED", .number = false, .cell = trait_cell<Trait::protected_memory>},
    HeapColumn{.name = "ALIASES", .number = false, .cell = aliases_cell},
    HeapColumn{.name = "DEVICE", .number = false, .cell = device_cell},
    HeapColumn{.name = "ADDRESS", .number = true, .cell = begin_cell},
    HeapColumn{.name = "LAST", .number = true, .cell = last_cell},
    HeapColumn{.name = "ALIGN", .number = true, .cell = align_cell},
    HeapColumn{
        .name = "LARGEST", .number = true, .cell = figure_cell<&HeapStatistics::largest_free>},
    HeapColumn{.name = "BUFFERS", .number = true, .cell = buffers_cell},
    HeapColumn{.name = "USED", .number = true, .cell = figure_cell<&HeapStatistics::allocated>},
    HeapColumn{.name = "ACCOUNTING", .number = false, .cell = accounting_cell},
    HeapColumn{.name = "REGION", .number = false, .cell = region_cell}};

std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    for (char& c : capitals) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    }
    return capitals;
}

Result<const HeapColumn*> column_called(std::string_view text) {
    const std::string name = in_capitals(text);
    const auto* const found = std::ranges::find(all_columns, name, &HeapColumn::name);
    if (found != all_columns.end())
        return found;
    return std::unexpected(Error{.code = EINVAL,
                                 .operation = "find the column",
                                 .subject = std::string(text),
                                 .hint = suggestion(name, column_names())});
}

/// Puts blanks before the last cell of each row, so that all of them end at the same place.
void align_last_right(std::vector<std::vector<std::string>>& rows) {
    std::size_t width = 0;
    for (const auto& row : rows)
        width = std::max(width, row.back().size());
    for (auto& row : rows)
        row.back().insert(0, width - row.back().size(), ' ');
}

} // namespace

HeapColumns default_columns() {
    return parse_columns("NAME,SIZE,FREE,CONTIG,CACHED,ECC,ACCESS").value();
}

HeapColumns usage_columns() {
    return parse_columns("NAME,SIZE,FREE,LARGEST,BUFFERS,USED,ACCOUNTING").value();
}

std::vector<std::string> column_names() {
    std::vector<std::string> names;
    std::ranges::transform(all_columns, std::back_inserter(names),
                           [](const HeapColumn& column) { return std::string(column.name); });
    return names;
}

Result<HeapColumns> parse_columns(std::string_view text) {
    HeapColumns columns;
    if (text.starts_with('+')) {
        columns = default_columns();
        text.remove_prefix(1);
    }
    for (const auto part : std::views::split(text, ',')) {
        const auto column = column_called(std::string_view(part));
        if (!column)
            return std::unexpected(column.error());
        columns.push_back(*column);
    }
    if (text.empty())
        return std::unexpected(column_called("").error());
    return columns;
}

std::vector<std::vector<std::string>> heap_rows(std::span<const Usage> usages,
                                                const HeapColumns& columns, HeapTableStyle style) {
    const std::size_t first = style.headings ? 1 : 0;
    std::vector<std::vector<std::string>> rows(first + usages.size());
    for (const HeapColumn* const column : columns) {
        if (style.headings)
            rows.front().emplace_back(column->name);
        for (std::size_t i = 0; i < usages.size(); ++i)
            rows[first + i].push_back(column->cell(usages[i], style.bytes));
        if (column->number)
            align_last_right(rows);
    }
    return rows;
}

std::string short_size(std::uint64_t bytes) {
    std::string text = size_text(bytes);
    text.erase(text.find(' '), 1);
    if (text.ends_with("iB"))
        text.resize(text.size() - 2);
    return text;
}

} // namespace heapsel::tools
