// SPDX-License-Identifier: LGPL-2.1-or-later
#include "size.hpp"

#include <charconv>
#include <limits>
#include <memory>

namespace heapsel::tools {
namespace {

unsigned shift_of(char suffix) {
    switch (suffix) {
    case 'K':
        return 10;
    case 'M':
        return 20;
    case 'G':
        return 30;
    default:
        return 0;
    }
}

} // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
    const unsigned shift = text.empty() ? 0 : shift_of(text.back());
    if (shift > 0)
        text.remove_suffix(1);
    std::size_t value = 0;
    const char* const end = std::to_address(text.end());
    const auto parsed = std::from_chars(std::to_address(text.begin()), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value == 0)
        return std::nullopt;
    if (value > std::numeric_limits<std::size_t>::max() >> shift)
        return std::nullopt;
    return value << shift;
}

} // namespace heapsel::tools
