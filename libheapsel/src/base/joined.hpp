// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace heapsel {

/// The parts one after another, with `separator` between two.
[[nodiscard]] inline std::string joined(std::span<const std::string> parts,
                                        std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty())
            text += separator;
        text += part;
    }
    return text;
}

} // namespace heapsel
