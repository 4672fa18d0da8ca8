// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/binding_text.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace heapsel {
namespace {

struct Word {
    std::string text;
    bool bound = false;
};

/// Nothing if a bracket is where none belongs.
std::optional<Word> read_word(std::string text) {
    const bool opened = text.starts_with('[');
    if (opened != text.ends_with(']'))
        return std::nullopt;
    if (opened)
        text = text.size() > 2 ? text.substr(1, text.size() - 2) : "";
    if (text.empty() || text == more_word || text.find_first_of("[]") != std::string::npos)
        return std::nullopt;
    return Word{.text = std::move(text), .bound = opened};
}

} // namespace

std::optional<Binding> parse_binding(std::string_view line) {
    Binding binding{.heaps = {}, .or_driver = false, .usable = {}};
    std::vector<std::string> seen;
    std::istringstream words{std::string(line)};
    bool bound_before = true;
    for (std::string text; words >> text;) {
        if (binding.is_cut)
            return std::nullopt;
        if (text == more_word) {
            binding.is_cut = true;
            continue;
        }
        auto word = read_word(std::move(text));
        if (!word || std::ranges::contains(seen, word->text))
            return std::nullopt;
        if (word->bound && (!bound_before || binding.or_driver))
            return std::nullopt;
        bound_before = word->bound;
        seen.push_back(word->text);
        if (word->text == driver_word)
            binding.or_driver = word->bound;
        else
            (word->bound ? binding.heaps : binding.usable).push_back(std::move(word->text));
    }
    if (binding.heaps.empty() && !binding.or_driver)
        return std::nullopt;
    return binding;
}

std::string text_to_write(const Binding& binding) {
    std::string text;
    for (const std::string& heap : binding.heaps)
        text += heap + ' ';
    if (binding.or_driver || binding.heaps.empty())
        return text.append(driver_word);
    text.pop_back();
    return text;
}

} // namespace heapsel
