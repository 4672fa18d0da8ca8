// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapsellayout.h"

#include <array>
#include <bit>
#include <cstdint>
#include <format>

#include <gst/allocators/gstdmabuf.h>

namespace gstheapsel {
namespace {

// GstVideoInfo computes strides and sizes in int; with at most 16 bytes a pixel this keeps it
// there.
constexpr std::int64_t largest_area = G_MAXINT / 16;
constexpr guint largest_padding = 4096;

std::unexpected<LayoutError> malformed(std::string reason) {
    return std::unexpected(LayoutError{true, std::move(reason)});
}

std::unexpected<LayoutError> unsupported(std::string reason) {
    return std::unexpected(LayoutError{false, std::move(reason)});
}

bool has_sane_area(std::int64_t width, std::int64_t height) {
    return width > 0 && height > 0 && width <= G_MAXUINT16 && height <= G_MAXUINT16 &&
           width * height <= largest_area;
}

bool is_plain_memory(const GstCaps* caps) {
    const GstCapsFeatures* features = gst_caps_get_features(caps, 0);
    return features == nullptr || gst_caps_features_is_any(features) ||
           gst_caps_features_contains(features, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY) ||
           gst_caps_features_contains(features, GST_CAPS_FEATURE_MEMORY_DMABUF);
}

std::expected<GstVideoInfo, LayoutError> info_of_drm_caps(const GstCaps* caps) {
    GstVideoInfoDmaDrm drm;
    gst_video_info_dma_drm_init(&drm);
    if (!gst_video_info_dma_drm_from_caps(&drm, caps))
        return malformed("the caps name no usable drm-format");
    if (drm.drm_modifier != 0) // 0 is DRM_FORMAT_MOD_LINEAR
        return unsupported("a tiled or compressed format has a size that only its device knows");
    return drm.vinfo;
}

std::expected<GstVideoInfo, LayoutError> info_of_caps(const GstCaps* caps) {
    GstVideoInfo info;
    if (!gst_video_info_from_caps(&info, caps))
        return malformed("the caps describe no raw picture");
    return info;
}

bool is_stride_mask(guint mask) {
    return mask < largest_padding && std::has_single_bit(mask + 1);
}

bool is_sane(const GstVideoAlignment& align) {
    for (const guint padding :
         {align.padding_top, align.padding_bottom, align.padding_left, align.padding_right})
        if (padding > largest_padding)
            return false;
    for (const guint mask : align.stride_align)
        if (!is_stride_mask(mask))
            return false;
    return true;
}

guint padding_up_to(guint length, guint multiple) {
    return (multiple - length % multiple) % multiple;
}

} // namespace

std::expected<Layout, LayoutError> layout_of(const GstCaps* caps) {
    if (caps == nullptr || gst_caps_get_size(caps) != 1 || !gst_caps_is_fixed(caps))
        return malformed("there are no fixed caps");

    const GstStructure* structure = gst_caps_get_structure(caps, 0);
    gint width = 0;
    gint height = 0;
    gst_structure_get_int(structure, "width", &width);
    gst_structure_get_int(structure, "height", &height);
    if (!has_sane_area(width, height))
        return malformed(std::format("{}x{} is no picture size", width, height));
    if (!is_plain_memory(caps))
        return unsupported("the caps ask for memory that is neither the system's nor a dma-buf");

    const bool dma_drm = gst_video_is_dma_drm_caps(caps);
    const auto info = dma_drm ? info_of_drm_caps(caps) : info_of_caps(caps);
    if (!info)
        return std::unexpected(info.error());
    if (info->size == 0 || info->size > G_MAXINT || GST_VIDEO_INFO_N_PLANES(&*info) == 0)
        return unsupported("the format has no planes of a known size");

    Layout layout;
    layout.info = *info;
    layout.dma_drm = dma_drm;
    return layout;
}

std::expected<Layout, LayoutError> with_alignment(const Layout& layout,
                                                  const GstVideoAlignment& align) {
    if (!is_sane(align))
        return malformed("the alignment asked for is out of bounds");
    const std::int64_t width = std::int64_t{layout.info.width} + align.padding_left +
                               align.padding_right + largest_padding;
    const std::int64_t height =
        std::int64_t{layout.info.height} + align.padding_top + align.padding_bottom;
    if (!has_sane_area(width, height))
        return malformed("the alignment asked for makes the picture too large");

    Layout aligned = layout;
    aligned.padding = align;
    if (!gst_video_info_align(&aligned.info, &aligned.padding) || aligned.info.size > G_MAXINT)
        return unsupported("the format cannot be aligned as asked for");
    return aligned;
}

Layout with_coded_size(const Layout& layout, gsize size) {
    constexpr std::array multiples{1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U, 256U};
    if (size <= layout.info.size)
        return layout;

    const auto width = static_cast<guint>(layout.info.width);
    const auto height = static_cast<guint>(layout.info.height);
    Layout bare = layout;
    if (!gst_video_info_set_interlaced_format(&bare.info, GST_VIDEO_INFO_FORMAT(&layout.info),
                                              GST_VIDEO_INFO_INTERLACE_MODE(&layout.info), width,
                                              height))
        return layout;

    for (const guint columns : multiples) {
        for (const guint rows : multiples) {
            GstVideoAlignment align = layout.padding;
            align.padding_right +=
                padding_up_to(width + align.padding_left + align.padding_right, columns);
            align.padding_bottom +=
                padding_up_to(height + align.padding_top + align.padding_bottom, rows);
            const auto coded = with_alignment(bare, align);
            if (coded && coded->info.size == size)
                return *coded;
        }
    }
    return layout;
}

} // namespace gstheapsel
