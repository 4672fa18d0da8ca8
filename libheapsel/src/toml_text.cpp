// SPDX-License-Identifier: LGPL-2.1-or-later
#include "toml_text.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <format>
#include <optional>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

class AssertionFailed : public std::exception {};

/// toml++ nests a table for each dot of a key, and frees them by recursion.
constexpr std::size_t max_dots_in_a_line = 32;

/// Where a line has more dots than that.
std::optional<toml::source_position> too_many_dots(std::string_view text) {
    toml::source_position at{.line = 1, .column = 1};
    std::size_t dots = 0;
    for (const char c : text) {
        if (c == '.' && ++dots > max_dots_in_a_line)
            return at;
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (c == '\n') {
            at = {.line = at.line + 1, .column = 1};
            dots = 0;
        } else if (!continues) {
            ++at.column;
        }
    }
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
std::optional<toml::parse_result> parsed(std::string_view text) {
    try {
        return toml::parse(text);
    } catch (const AssertionFailed&) {
        return std::nullopt;
    }
}

/// In which line: the first up to which it gives up already.
toml::source_position where_it_gives_up(std::string_view text) {
    std::vector<std::string_view> upto;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1))
        upto.push_back(text.substr(0, end));
    const auto first = std::ranges::partition_point(
        upto, [](std::string_view start) { return parsed(start).has_value(); });
    const auto lines_before = static_cast<toml::source_index>(first - upto.begin());
    return {.line = lines_before + 1, .column = 1};
}

} // namespace

void toml_assertion_failed() {
    throw AssertionFailed();
}

std::expected<toml::table, TomlFault> read_toml(std::string_view text) {
    if (const auto at = too_many_dots(text))
        return std::unexpected(TomlFault{
            .at = *at, .what = std::format("The line has more than {} dots.", max_dots_in_a_line)});
    auto result = parsed(text);
    if (!result)
        return std::unexpected(TomlFault{.at = where_it_gives_up(text),
                                         .what = "This is no TOML: the parser gives up "
                                                 "in this line. Look for a name that is missing."});
    if (!*result)
        return std::unexpected(
            TomlFault{.at = result->error().source().begin,
                      .what = "This is no TOML: " + sentence(result->error().description())});
    return std::move(*result).table();
}

} // namespace heapsel
