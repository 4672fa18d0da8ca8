// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace heapsel::bandwidth {

/// In which order ways come within a round of all of them.
enum class Order : std::uint8_t {
    abba, ///< Forth and back: what drifts meanwhile, such as a temperature, meets all ways alike.
    abab  ///< Always forth.
};
inline constexpr std::array all_orders{Order::abba, Order::abab};
[[nodiscard]] std::string_view to_string(Order order);

/// One run of the command.
struct Step {
    std::size_t round = 0;
    std::size_t way = 0;
    std::size_t pass = 0; ///< Which of the counter's events are open.
    bool operator==(const Step&) const = default;
};

/// As many rounds as `runs`, each with every pass of every way. Pure.
[[nodiscard]] std::vector<Step> schedule(std::size_t ways, std::size_t passes, std::size_t runs,
                                         Order order);

} // namespace heapsel::bandwidth
