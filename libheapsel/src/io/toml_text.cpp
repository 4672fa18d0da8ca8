// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/toml_text.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <format>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "io/toml_characters.hpp"

namespace heapsel {
namespace {

class AssertionFailed : public std::exception {};

/// toml++ nests a table for each dot of a key, and frees them by recursion.
constexpr std::size_t max_dots_in_a_line = 32;

toml::source_position position_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    const auto lines = std::ranges::count(before, '\n') + 1;
    const auto column = std::ranges::count_if(line, std::not_fn(continues)) + 1;
    return {.line = static_cast<toml::source_index>(lines),
            .column = static_cast<toml::source_index>(column)};
}

std::optional<std::size_t> too_many_dots(std::string_view text) {
    std::size_t dots = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        dots = text[i] == '\n' ? 0 : dots + (text[i] == '.' ? 1 : 0);
        if (dots > max_dots_in_a_line)
            return i;
    }
    return std::nullopt;
}

/// What is wrong before toml++ has seen it.
std::optional<TomlFault> fault_beforehand(std::string_view text) {
    if (const auto at = too_many_dots(text))
        return TomlFault{.at = position_of(text, *at),
                         .what =
                             std::format("The line has more than {} dots.", max_dots_in_a_line)};
    if (const auto at = stray_character(text))
        return TomlFault{.at = position_of(text, *at),
                         .what = "Characters beyond ASCII stand in comments and in strings of one "
                                 "line, and nowhere else."};
    return std::nullopt;
}

/// What toml++ says has its own backslashes, and may have any byte of a key.
std::string sentence(std::string_view description) {
    std::string text;
    for (const char& c : description)
        text += c == '\\' ? "\\" : printable({&c, 1});
    return text + ".";
}

/// Nothing where toml++ gives up without a word.
std::optional<toml::parse_result> parsed(std::string_view text, TomlParser parse) {
    try {
        return parse(text);
    } catch (const AssertionFailed&) {
        return std::nullopt;
    }
}

/// In which line: the first up to which it gives up already.
toml::source_position where_it_gives_up(std::string_view text, TomlParser parse) {
    std::vector<std::string_view> upto;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1))
        upto.push_back(text.substr(0, end));
    const auto first = std::ranges::partition_point(
        upto, [&](std::string_view start) { return parsed(start, parse).has_value(); });
    const auto lines_before = static_cast<toml::source_index>(first - upto.begin());
    return {.line = lines_before + 1, .column = 1};
}

} // namespace

std::string in_quotes(std::string_view text) {
    constexpr std::size_t limit = 80;
    const bool cut = text.size() > limit;
    return std::format("\"{}{}\"", printable(text.substr(0, limit)), cut ? "..." : "");
}

std::string_view type_of(const toml::node& node) {
    switch (node.type()) {
    case toml::node_type::table:
        return "a table";
    case toml::node_type::array:
        return "a list";
    case toml::node_type::string:
        return "a string";
    case toml::node_type::integer:
        return "an integer";
    case toml::node_type::floating_point:
        return "a fraction";
    case toml::node_type::boolean:
        return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
        return "a date or a time";
    case toml::node_type::none:
        break;
    }
    return "nothing";
}

void toml_assertion_failed() {
    throw AssertionFailed();
}

std::expected<toml::table, TomlFault> read_toml(std::string_view text) {
    return read_toml(text, [](std::string_view toml) { return toml::parse(toml); });
}

std::expected<toml::table, TomlFault> read_toml(std::string_view text, TomlParser parse) {
    if (auto fault = fault_beforehand(text))
        return std::unexpected(*std::move(fault));
    auto result = parsed(text, parse);
    if (!result)
        return std::unexpected(
            TomlFault{.at = where_it_gives_up(text, parse),
                      .what = "This is no TOML: the parser gives up in this line."});
    if (!*result)
        return std::unexpected(
            TomlFault{.at = result->error().source().begin,
                      .what = "This is no TOML: " + sentence(result->error().description())});
    return std::move(*result).table();
}

} // namespace heapsel
