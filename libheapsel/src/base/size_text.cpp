// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/size_text.hpp>

#include <array>
#include <charconv>
#include <format>
#include <limits>
#include <memory>

namespace heapsel {
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

std::string size_text(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 7> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr unsigned step = 10;
    std::size_t unit = 0;
    while (unit + 1 < units.size() && bytes >> (step * (unit + 1)) > 0)
        ++unit;
    const unsigned shift = static_cast<unsigned>(unit) * step;
    const std::uint64_t whole = bytes >> shift;
    const std::uint64_t rest = bytes - (whole << shift);
    const std::uint64_t tenths = unit == 0 ? 0 : ((rest >> (shift - step)) * 10) >> step;
    if (tenths == 0)
        return std::format("{} {}", whole, units.at(unit));
    return std::format("{}.{} {}", whole, tenths, units.at(unit));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const unsigned shift = text.empty() ? 0 : shift_of(text.back());
    if (shift > 0)
        text.remove_suffix(1);
    std::uint64_t value = 0;
    const char* const end = std::to_address(text.end());
    const auto parsed = std::from_chars(std::to_address(text.begin()), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value == 0)
        return std::nullopt;
    if (value > std::numeric_limits<std::uint64_t>::max() >> shift)
        return std::nullopt;
    return value << shift;
}

} // namespace heapsel
