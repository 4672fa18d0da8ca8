// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer_layout.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <limits>
#include <numeric>
#include <string>

#include <heapsel/pixel_format.hpp>

#include "model/sampling.hpp"

namespace heapsel {
namespace {

// Widths, heights and alignments are of 32 bits, and a sample is a few bytes: sums of these, and a
// product of two, fit in 64.
using Bytes = std::uint64_t;

constexpr Bytes largest_buffer = std::numeric_limits<std::uint32_t>::max();

Bytes divided_up(Bytes number, Bytes by) {
    return (number + by - 1) / by;
}

Bytes rounded_up(Bytes number, Bytes multiple) {
    return divided_up(number, multiple) * multiple;
}

struct Strides {
    Bytes first = 0;
    Bytes others = 0;
};

/// The other strides are `first` * others / (first bytes * horizontal), and all are aligned.
Strides strides(const Sampling& sampling, Bytes width, Bytes alignment) {
    if (sampling.planes == 1)
        return {.first = rounded_up(width * sampling.first, alignment), .others = 0};
    Bytes numerator = sampling.others;
    Bytes denominator = Bytes{sampling.first} * sampling.horizontal;
    const Bytes common = std::gcd(numerator, denominator);
    numerator /= common;
    denominator /= common;
    const Bytes least = rounded_up(width, sampling.horizontal) * sampling.first;
    const Bytes first = rounded_up(least, alignment * denominator);
    return {.first = first, .others = first / denominator * numerator};
}

/// Those of a frame whose first one is given.
Strides strides_with(const Sampling& sampling, Bytes first) {
    return {.first = first,
            .others = first * sampling.others / (Bytes{sampling.first} * sampling.horizontal)};
}

/// Fills in a layout plane by plane.
class Placing {
  public:
    Placing(const Alignment& alignment, PlanePlacement placement)
        : alignment_(alignment), placement_(placement) {}

    /// False if it does not fit.
    [[nodiscard]] bool place(Bytes stride, Bytes lines) {
        if (stride > largest_buffer || stride > largest_buffer / lines)
            return false;
        const Bytes size = rounded_up(stride * lines, alignment_.size);
        if (layout_.planes.empty() || placement_ == PlanePlacement::buffer_per_plane)
            layout_.buffer_sizes.push_back(0);
        auto& buffer = layout_.buffer_sizes.back();
        const Bytes offset = rounded_up(buffer, alignment_.offset);
        if (offset + size > largest_buffer)
            return false;
        layout_.planes.push_back({.buffer = layout_.buffer_sizes.size() - 1,
                                  .offset = static_cast<std::uint32_t>(offset),
                                  .stride = static_cast<std::uint32_t>(stride),
                                  .size = static_cast<std::uint32_t>(size)});
        buffer = static_cast<std::uint32_t>(offset + size);
        return true;
    }

    [[nodiscard]] const BufferLayout& layout() const { return layout_; }

  private:
    Alignment alignment_;
    PlanePlacement placement_;
    BufferLayout layout_;
};

/// A frame that is asked for, and what is said where there can be none.
struct Frame {
    std::uint32_t format;
    std::uint32_t width;
    std::uint32_t height;

    [[nodiscard]] std::unexpected<Error> refused(int code, std::string hint) const {
        return std::unexpected(
            Error{.code = code,
                  .operation = "lay out a frame",
                  .subject = std::format("{} of {}x{}", format_name(format), width, height),
                  .hint = std::move(hint)});
    }

    [[nodiscard]] Result<Sampling> sampling() const {
        const auto known = sampling_of(format);
        if (!known)
            return refused(EINVAL, "The planes of this format are not known.");
        if (width == 0 || height == 0)
            return refused(EINVAL, "A frame is at least 1x1.");
        return *known;
    }

    [[nodiscard]] Result<BufferLayout> placed(const Sampling& sampling, const Strides& strides,
                                              Placing placing) const {
        for (std::uint32_t plane = 0; plane < sampling.planes; ++plane) {
            const Bytes lines = plane == 0 ? height : divided_up(height, sampling.vertical);
            if (!placing.place(plane == 0 ? strides.first : strides.others, lines))
                return refused(EOVERFLOW, "A dma-buf of a frame is smaller than 4 GiB.");
        }
        return placing.layout();
    }
};

} // namespace

Result<BufferLayout> buffer_layout(std::uint32_t format, std::uint32_t width, std::uint32_t height,
                                   const Alignment& alignment, PlanePlacement placement) {
    const Frame frame{.format = format, .width = width, .height = height};
    const auto sampling = frame.sampling();
    if (!sampling)
        return std::unexpected(sampling.error());
    if (std::min({alignment.stride, alignment.offset, alignment.size}) == 0)
        return frame.refused(EINVAL, "An alignment is at least 1 byte.");
    return frame.placed(*sampling, strides(*sampling, width, alignment.stride),
                        Placing(alignment, placement));
}

Result<BufferLayout> buffer_layout_of_stride(std::uint32_t format, std::uint32_t width,
                                             std::uint32_t height, std::uint32_t stride) {
    const Frame frame{.format = format, .width = width, .height = height};
    const auto sampling = frame.sampling();
    if (!sampling)
        return std::unexpected(sampling.error());
    if (const Bytes least = Bytes{width} * sampling->first; stride < least)
        return frame.refused(
            EINVAL, std::format("A line of {} bytes does not fit into {} bytes.", least, stride));
    constexpr Alignment none;
    return frame.placed(*sampling, strides_with(*sampling, stride),
                        Placing(none, PlanePlacement::one_buffer));
}

BufferLayout plain_layout(std::uint32_t size) {
    return {.planes = {{.buffer = 0, .offset = 0, .stride = size, .size = size}},
            .buffer_sizes = {size}};
}

} // namespace heapsel
