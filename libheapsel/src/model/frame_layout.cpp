// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/frame_layout.hpp"

#include <algorithm>
#include <limits>

#include "model/sampling.hpp"

namespace heapsel {

std::optional<std::uint32_t> bits_per_pixel(std::uint32_t format) {
    return sampling_of(format).transform(
        [](const Sampling& sampling) { return 8 * sampling.first; });
}

std::optional<FrameLayout> frame_layout(std::uint32_t format, FrameSize size, std::uint32_t pitch) {
    constexpr std::uint64_t limit = std::numeric_limits<std::uint32_t>::max();
    const auto sampling = sampling_of(format);
    if (!sampling)
        return std::nullopt;
    const std::uint64_t least = std::uint64_t{size.width} * sampling->first;
    const std::uint64_t first = std::max(std::uint64_t{pitch}, pitch == 0 ? least : 0);
    const std::uint64_t other =
        first * sampling->others / (std::uint64_t{sampling->first} * sampling->horizontal);
    if (first < least || std::max(first, other) > limit)
        return std::nullopt;
    FrameLayout layout{.size = size, .planes = {}, .bytes = 0};
    for (std::uint32_t i = 0; i < sampling->planes; ++i) {
        if (layout.bytes > limit)
            return std::nullopt;
        const std::uint64_t lines = i == 0 ? size.height : size.height / sampling->vertical;
        const std::uint64_t bytes = i == 0 ? first : other;
        layout.planes.push_back({.pitch = static_cast<std::uint32_t>(bytes),
                                 .offset = static_cast<std::uint32_t>(layout.bytes)});
        layout.bytes += bytes * lines;
    }
    return layout;
}

} // namespace heapsel
