// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace heapsel {

/// The parts as one text. A selection writes dozens of texts while a program waits for its first
/// buffer, and std::format takes several times as long for each.
[[nodiscard]] inline std::string concat(std::initializer_list<std::string_view> parts) {
    std::size_t length = 0;
    for (const std::string_view part : parts)
        length += part.size();
    std::string text;
    text.reserve(length);
    for (const std::string_view part : parts)
        text += part;
    return text;
}

} // namespace heapsel
