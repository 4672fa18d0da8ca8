// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/node_group.hpp"

namespace heapsel {

std::string_view reading_group(std::string_view node_mode) {
    const auto colon = node_mode.find(':');
    const auto blank = node_mode.find(' ');
    if (colon == std::string_view::npos || blank == std::string_view::npos || blank < colon)
        return {};
    const auto group = node_mode.substr(colon + 1, blank - colon - 1);
    const auto mode = node_mode.substr(blank + 1);
    const bool reads = mode.size() == 4 && mode[2] >= '4' && mode[2] <= '7';
    return reads && group != "root" ? group : std::string_view();
}

} // namespace heapsel
