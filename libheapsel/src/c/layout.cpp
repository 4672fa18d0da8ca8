// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/layout.h>

#include <array>

#include <heapsel/pixel_format.hpp>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::array all_placements{PlanePlacement::one_buffer, PlanePlacement::buffer_per_plane};

const PlaneLayout* plane_of(const heapsel_layout* layout, std::size_t plane) {
    return layout == nullptr ? nullptr : c_api::at(layout->value.planes, plane);
}

} // namespace

std::uint32_t heapsel_format_of_v4l2(std::uint32_t pixel_format) {
    return format_of_v4l2(pixel_format);
}

int heapsel_layout_create(std::uint32_t format, std::uint32_t width, std::uint32_t height,
                          std::uint32_t stride_alignment, std::uint32_t offset_alignment,
                          std::uint32_t size_alignment, heapsel_placement placement,
                          heapsel_layout** layout, heapsel_error** error) {
    return c_api::make(__func__, error, layout, {{"layout", layout}}, [&] {
        return c_api::checked(placement, all_placements, "heapsel_layout_create", "placement")
            .and_then([&](PlanePlacement placed) {
                const Alignment alignment{.stride = stride_alignment,
                                          .offset = offset_alignment,
                                          .size = size_alignment,
                                          .address = 1};
                return buffer_layout(format, width, height, alignment, placed);
            });
    });
}

int heapsel_layout_create_plain(std::uint32_t size, heapsel_layout** layout,
                                heapsel_error** error) {
    return c_api::make(__func__, error, layout, {{"layout", layout}},
                       [&]() -> Result<BufferLayout> { return plain_layout(size); });
}

void heapsel_layout_free(heapsel_layout* layout) {
    delete layout;
}

std::size_t heapsel_layout_plane_count(const heapsel_layout* layout) {
    return layout == nullptr ? 0 : layout->value.planes.size();
}

std::size_t heapsel_layout_plane_buffer(const heapsel_layout* layout, std::size_t plane) {
    const PlaneLayout* const found = plane_of(layout, plane);
    return found == nullptr ? 0 : found->buffer;
}

std::uint32_t heapsel_layout_plane_offset(const heapsel_layout* layout, std::size_t plane) {
    const PlaneLayout* const found = plane_of(layout, plane);
    return found == nullptr ? 0 : found->offset;
}

std::uint32_t heapsel_layout_plane_stride(const heapsel_layout* layout, std::size_t plane) {
    const PlaneLayout* const found = plane_of(layout, plane);
    return found == nullptr ? 0 : found->stride;
}

std::uint32_t heapsel_layout_plane_size(const heapsel_layout* layout, std::size_t plane) {
    const PlaneLayout* const found = plane_of(layout, plane);
    return found == nullptr ? 0 : found->size;
}

std::size_t heapsel_layout_buffer_count(const heapsel_layout* layout) {
    return layout == nullptr ? 0 : layout->value.buffer_sizes.size();
}

std::uint32_t heapsel_layout_buffer_size(const heapsel_layout* layout, std::size_t buffer) {
    const std::uint32_t* const size =
        layout == nullptr ? nullptr : c_api::at(layout->value.buffer_sizes, buffer);
    return size == nullptr ? 0 : *size;
}

static_assert(c_api::are(all_placements,
                         {HEAPSEL_PLACEMENT_ONE_BUFFER, HEAPSEL_PLACEMENT_BUFFER_PER_PLANE}));
