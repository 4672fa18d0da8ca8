// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/command_line.hpp"

#include <charconv>
#include <vector>

namespace heapsel {
namespace {

std::vector<std::string_view> parameters(std::string_view line) {
    std::vector<std::string_view> found;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= line.size(); ++i) {
        if (i < line.size() && line[i] == '"')
            quoted = !quoted;
        const bool ends =
            i == line.size() || (!quoted && (line[i] == ' ' || line[i] == '\t' || line[i] == '\n'));
        if (!ends)
            continue;
        const auto word = line.substr(start, i - start);
        if (word == "--")
            return found;
        if (!word.empty())
            found.push_back(word);
        start = i + 1;
    }
    return found;
}

unsigned suffix_shift(char suffix) {
    switch (suffix) {
    case 'K':
    case 'k':
        return 10;
    case 'M':
    case 'm':
        return 20;
    case 'G':
    case 'g':
        return 30;
    case 'T':
    case 't':
        return 40;
    default:
        return 0;
    }
}

/// What the kernel's memparse() does: takes a number off the front of `text`.
std::uint64_t take_size(std::string_view& text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.starts_with('0')) {
        base = 8;
    }
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    if (const unsigned shift = text.empty() ? 0 : suffix_shift(text.front()); shift > 0) {
        value <<= shift;
        text.remove_prefix(1);
    }
    return value;
}

CmaParameter parse(std::string_view value) {
    CmaParameter parameter{.size = take_size(value), .base = std::nullopt};
    if (!value.starts_with('@'))
        return parameter;
    value.remove_prefix(1);
    parameter.from = take_size(value);
    parameter.limit = parameter.from + parameter.size;
    if (value.starts_with('-')) {
        value.remove_prefix(1);
        parameter.limit = take_size(value);
    }
    if (parameter.limit == parameter.from + parameter.size)
        parameter.base = parameter.from;
    return parameter;
}

/// The value of the last word that begins with `key`, without a quote in front.
std::optional<std::string_view> last_value(std::string_view line, std::string_view key) {
    std::optional<std::string_view> last;
    for (std::string_view word : parameters(line)) {
        if (!word.starts_with(key))
            continue;
        word.remove_prefix(key.size());
        if (word.starts_with('"'))
            word.remove_prefix(1);
        last = word;
    }
    return last;
}

} // namespace

std::optional<CmaParameter> cma_parameter(std::string_view command_line) {
    return last_value(command_line, "cma=").transform(parse);
}

std::optional<std::uint64_t> memory_limit(std::string_view command_line) {
    auto value = last_value(command_line, "mem=");
    return value ? std::optional(take_size(*value)) : std::nullopt;
}

} // namespace heapsel
