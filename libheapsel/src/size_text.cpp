// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/size_text.hpp>

#include <array>
#include <format>
#include <string_view>

namespace heapsel {

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

} // namespace heapsel
