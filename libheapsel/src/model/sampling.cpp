// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/sampling.hpp"

#include <drm/drm_fourcc.h>

namespace heapsel {
namespace {

constexpr Sampling packed(std::uint32_t bytes) {
    return {.first = bytes};
}

constexpr Sampling semi_planar(std::uint32_t bytes, std::uint32_t horizontal,
                               std::uint32_t vertical) {
    return {.first = bytes,
            .others = 2 * bytes,
            .planes = 2,
            .horizontal = horizontal,
            .vertical = vertical};
}

constexpr Sampling planar(std::uint32_t horizontal, std::uint32_t vertical) {
    return {.first = 1, .others = 1, .planes = 3, .horizontal = horizontal, .vertical = vertical};
}

} // namespace

std::optional<Sampling> sampling_of(std::uint32_t format) {
    switch (format) {
    case DRM_FORMAT_C8:
    case DRM_FORMAT_R8:
    case DRM_FORMAT_RGB332:
        return packed(1);
    case DRM_FORMAT_R16:
    case DRM_FORMAT_RGB565:
    case DRM_FORMAT_BGR565:
    case DRM_FORMAT_XRGB1555:
    case DRM_FORMAT_ARGB1555:
    case DRM_FORMAT_XBGR1555:
    case DRM_FORMAT_ABGR1555:
    case DRM_FORMAT_RGBX5551:
    case DRM_FORMAT_RGBA5551:
    case DRM_FORMAT_BGRX5551:
    case DRM_FORMAT_BGRA5551:
    case DRM_FORMAT_XRGB4444:
    case DRM_FORMAT_ARGB4444:
    case DRM_FORMAT_XBGR4444:
    case DRM_FORMAT_ABGR4444:
    case DRM_FORMAT_YUYV:
    case DRM_FORMAT_YVYU:
    case DRM_FORMAT_UYVY:
    case DRM_FORMAT_VYUY:
        return packed(2);
    case DRM_FORMAT_RGB888:
    case DRM_FORMAT_BGR888:
        return packed(3);
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_ARGB8888:
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_ABGR8888:
    case DRM_FORMAT_RGBX8888:
    case DRM_FORMAT_RGBA8888:
    case DRM_FORMAT_BGRX8888:
    case DRM_FORMAT_BGRA8888:
    case DRM_FORMAT_XRGB2101010:
    case DRM_FORMAT_ARGB2101010:
    case DRM_FORMAT_XBGR2101010:
    case DRM_FORMAT_ABGR2101010:
        return packed(4);
    case DRM_FORMAT_XRGB16161616:
    case DRM_FORMAT_ARGB16161616:
    case DRM_FORMAT_XBGR16161616:
    case DRM_FORMAT_ABGR16161616:
    case DRM_FORMAT_XRGB16161616F:
    case DRM_FORMAT_ARGB16161616F:
    case DRM_FORMAT_XBGR16161616F:
    case DRM_FORMAT_ABGR16161616F:
        return packed(8);
    case DRM_FORMAT_NV12:
    case DRM_FORMAT_NV21:
        return semi_planar(1, 2, 2);
    case DRM_FORMAT_NV16:
    case DRM_FORMAT_NV61:
        return semi_planar(1, 2, 1);
    case DRM_FORMAT_NV24:
    case DRM_FORMAT_NV42:
        return semi_planar(1, 1, 1);
    case DRM_FORMAT_P010:
    case DRM_FORMAT_P012:
    case DRM_FORMAT_P016:
        return semi_planar(2, 2, 2);
    case DRM_FORMAT_P210:
        return semi_planar(2, 2, 1);
    case DRM_FORMAT_YUV420:
    case DRM_FORMAT_YVU420:
        return planar(2, 2);
    case DRM_FORMAT_YUV422:
    case DRM_FORMAT_YVU422:
        return planar(2, 1);
    case DRM_FORMAT_YUV444:
    case DRM_FORMAT_YVU444:
        return planar(1, 1);
    default:
        return std::nullopt;
    }
}

} // namespace heapsel
