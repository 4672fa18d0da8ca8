// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffers/pool_frame.hpp"

#include <algorithm>
#include <ranges>

namespace heapsel {

bool PoolFrame::holds(const BufferLayout& wanted) const {
    const auto& sizes = wanted.buffer_sizes;
    if (sizes.size() > buffers.size())
        return false;
    return std::ranges::all_of(std::views::zip(sizes, buffers), [](const auto& pair) {
        return std::get<0>(pair) <= std::get<1>(pair).size();
    });
}

} // namespace heapsel
