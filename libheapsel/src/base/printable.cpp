// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/printable.hpp>

#include <format>

namespace heapsel {

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte > 0x7e || c == '\\')
            out += std::format("\\x{:02x}", byte);
        else
            out += c;
    }
    return out;
}

} // namespace heapsel
