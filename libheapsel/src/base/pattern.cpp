// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/pattern.hpp"

#include <algorithm>

namespace heapsel {

bool fits(std::string_view pattern, std::string_view text) {
    const auto first = pattern.find('*');
    if (first == std::string_view::npos)
        return pattern == text;
    if (!text.starts_with(pattern.substr(0, first)))
        return false;
    pattern.remove_prefix(first + 1);
    text.remove_prefix(first);
    // Of what stands between two stars, the first place is as good as any later one.
    for (auto star = pattern.find('*'); star != std::string_view::npos; star = pattern.find('*')) {
        const auto at = text.find(pattern.substr(0, star));
        if (at == std::string_view::npos)
            return false;
        text.remove_prefix(at + star);
        pattern.remove_prefix(star + 1);
    }
    return text.ends_with(pattern);
}

std::optional<std::string_view> star_in(std::string_view pattern, std::string_view text) {
    if (std::ranges::count(pattern, '*') != 1)
        return std::nullopt;
    return text.substr(pattern.find('*'), text.size() - (pattern.size() - 1));
}

} // namespace heapsel
