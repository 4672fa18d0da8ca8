// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <ranges>
#include <string>

namespace heapsel::uapi {

/// A field of text in a driver's answer: up to the first zero byte, or to the end where the driver
/// left none.
template <std::ranges::contiguous_range Field>
[[nodiscard]] std::string text_of(const Field& field) {
    return {std::ranges::begin(field),
            std::ranges::find(field, std::ranges::range_value_t<Field>{0})};
}

} // namespace heapsel::uapi
