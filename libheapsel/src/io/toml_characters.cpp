// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/toml_characters.hpp"

#include <algorithm>

namespace heapsel {
namespace {

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80U;
}

std::optional<std::size_t> beyond_ascii(std::string_view text) {
    const auto before = std::ranges::find_if_not(text, is_ascii) - text.begin();
    const auto count = static_cast<std::size_t>(before);
    return count < text.size() ? std::optional(count) : std::nullopt;
}

bool is_quote(char c) {
    return c == '"' || c == '\'';
}

/// How many bytes the string of one line at the beginning of `text` has. One that does not end,
/// ends with the line.
std::size_t short_string(std::string_view text) {
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\n')
            return i;
        if (text[i] == quote)
            return i + 1;
        if (text[i] == '\\' && quote == '"' && !text.substr(i + 1).starts_with('\n'))
            ++i;
    }
    return text.size();
}

bool is_long_string(std::string_view text) {
    return text.starts_with(R"(""")") || text.starts_with("'''");
}

/// How many bytes the string of several lines at the beginning of `text` has.
std::size_t long_string(std::string_view text) {
    const std::string_view quotes = text.substr(0, 3);
    for (std::size_t i = quotes.size(); i < text.size(); ++i) {
        if (text[i] == '\\' && quotes.front() == '"')
            ++i;
        else if (text.substr(i).starts_with(quotes)) // Two quotes more may belong to it.
            return std::min(text.find_first_not_of(quotes.front(), i), i + 5);
    }
    return text.size();
}

/// Reads as toml++ does, which stops at the first fault: where it takes characters for a string's
/// is all that must be the same, and only until there.
class CharacterReader {
  public:
    explicit CharacterReader(std::string_view text) : text_(text) {}

    /// How many bytes any character may be among, from `at` on: a comment, a string.
    [[nodiscard]] std::size_t free_text(std::size_t at) const {
        const std::string_view rest = text_.substr(at);
        if (rest.starts_with('#'))
            return std::min(rest.find('\n'), rest.size());
        const bool begins = begins_ && is_quote(rest.front()) && !is_long_string(rest);
        return begins ? short_string(rest) : 0;
    }

    /// How many bytes of ASCII belong together from `at` on: a string of several lines.
    [[nodiscard]] std::size_t plain_string(std::size_t at) const {
        const std::string_view rest = text_.substr(at);
        return begins_ && is_long_string(rest) ? long_string(rest) : 0;
    }

    void skipped() { begins_ = false; }

    /// Goes past a character that is not skipped.
    void pass(char c) {
        if (c == '{' || c == '}')
            braces_ += c == '{' ? 1 : -1;
        const bool separates = in_key_ && (c == '=' || c == '.');
        const bool opens = begins_ && (c == '[' || c == '{');
        begins_ = separates || opens || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
        if (c == '=')
            in_key_ = false;
        else if (c == '\n' || c == '{' || (c == ',' && braces_ > 0))
            in_key_ = true;
    }

  private:
    std::string_view text_;
    bool begins_ = true; ///< A key or a value, and so a string, may begin here.
    bool in_key_ = true; ///< And not in a value.
    int braces_ = 0;
};

} // namespace

std::optional<std::size_t> stray_character(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    CharacterReader reader(text);
    std::size_t i = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (i < text.size()) {
        const std::size_t free = reader.free_text(i);
        const std::size_t plain = free > 0 ? 0 : reader.plain_string(i);
        if (const auto stray = beyond_ascii(text.substr(i, plain)))
            return i + *stray;
        if (free + plain > 0) {
            reader.skipped();
            i += free + plain;
        } else if (is_ascii(text[i])) {
            reader.pass(text[i++]);
        } else {
            return i;
        }
    }
    return std::nullopt;
}

} // namespace heapsel
