// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapsellayout.h"

#include <algorithm>
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

#if GST_CHECK_VERSION(1, 24, 0)
bool is_dma_drm(const GstCaps* caps) {
    return gst_video_is_dma_drm_caps(caps);
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
#else
// Before 1.24, caps with memory:DMABuf named a format of GStreamer's, and linear was meant.
bool is_dma_drm(const GstCaps*) {
    return false;
}

std::expected<GstVideoInfo, LayoutError> info_of_drm_caps(const GstCaps*) {
    return malformed("this GStreamer knows no drm-format");
}
#endif

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

/// Lines of a plane of a picture that has `height`.
guint lines_of(const GstVideoFormatInfo* format, guint plane, guint height) {
    gint components[GST_VIDEO_MAX_COMPONENTS];
    gst_video_format_info_component(format, plane, components);
    return static_cast<guint>(
        GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(format, components[0], static_cast<gint>(height)));
}

/// The device's strides, and where its planes begin. False if the picture does not fit.
bool place_planes(Layout& layout, const DeviceFormat& device) {
    GstVideoInfo& info = layout.info;
    const bool apart = device.memories.size() > 1;
    guint64 memory = 0; // Where it begins.
    guint64 offset = 0;
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info); ++plane) {
        const DeviceMemory& own = device.memories[apart ? plane : 0];
        const gint stride =
            apart ? static_cast<gint>(own.stride)
                  : gst_video_format_info_extrapolate_stride(info.finfo, static_cast<gint>(plane),
                                                             static_cast<gint>(own.stride));
        offset = apart ? memory : offset;
        const guint64 needed =
            static_cast<guint64>(stride) * lines_of(info.finfo, plane, device.height);
        if (stride < info.stride[plane] || offset + needed > memory + own.size)
            return false;
        info.stride[plane] = stride;
        info.offset[plane] = offset;
        offset += needed;
        memory += apart ? own.size : 0;
    }
    return true;
}

/// What of the coded size lies around the picture, if GStreamer's words for it come to the same
/// strides.
GstVideoAlignment padding_of(const Layout& layout, guint height) {
    GstVideoInfo bare;
    GstVideoAlignment padding{};
    const gint pixel = GST_VIDEO_FORMAT_INFO_PSTRIDE(layout.info.finfo, 0);
    const gint columns = pixel > 0 ? layout.info.stride[0] / pixel : 0;
    if (columns < layout.info.width ||
        !gst_video_info_set_format(&bare, GST_VIDEO_INFO_FORMAT(&layout.info),
                                   static_cast<guint>(layout.info.width),
                                   static_cast<guint>(layout.info.height)))
        return {};
    padding.padding_right = static_cast<guint>(columns - layout.info.width);
    padding.padding_bottom = height - static_cast<guint>(layout.info.height);
    GstVideoAlignment tried = padding;
    if (!gst_video_info_align(&bare, &tried))
        return {};
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&bare); ++plane)
        if (bare.stride[plane] != layout.info.stride[plane])
            return {};
    return padding;
}

std::string described(const DeviceFormat& device) {
    std::string text = std::format("{} lines", device.height);
    for (const DeviceMemory& memory : device.memories)
        text += std::format(", {} bytes of stride {}", memory.size, memory.stride);
    return text;
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

    const bool dma_drm = is_dma_drm(caps);
    const auto info = dma_drm ? info_of_drm_caps(caps) : info_of_caps(caps);
    if (!info)
        return std::unexpected(info.error());
    if (info->size == 0 || info->size > G_MAXINT || GST_VIDEO_INFO_N_PLANES(&*info) == 0)
        return unsupported("the format has no planes of a known size");

    Layout layout;
    layout.info = *info;
    layout.dma_drm = dma_drm;
    layout.memories = {info->size};
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
    aligned.memories = {aligned.info.size};
    return aligned;
}

std::expected<Layout, LayoutError> laid_out_by(const DeviceFormat& device, const Layout& layout) {
    const std::size_t memories = device.memories.size();
    if (memories != 1 && memories != GST_VIDEO_INFO_N_PLANES(&layout.info))
        return unsupported(
            std::format("the device has {} buffers a frame, and the format {} planes", memories,
                        GST_VIDEO_INFO_N_PLANES(&layout.info)));
    guint64 size = 0;
    for (const DeviceMemory& memory : device.memories) {
        if (memory.size > G_MAXINT || memory.stride > G_MAXINT)
            return malformed("the device asks for more than a buffer can be");
        size += memory.size;
    }
    Layout placed = layout;
    if (device.height < static_cast<guint>(layout.info.height) || device.height > G_MAXUINT16 ||
        size > G_MAXINT || !place_planes(placed, device))
        return unsupported(
            std::format("a picture of {}x{} does not fit into the device's own format: {}",
                        layout.info.width, layout.info.height, described(device)));
    placed.info.size = size;
    placed.memories.clear();
    for (const DeviceMemory& memory : device.memories)
        placed.memories.push_back(memory.size);
    placed.padding = padding_of(placed, device.height);
    return placed;
}

bool is_same_picture(const Layout& a, const Layout& b) {
    const guint planes = GST_VIDEO_INFO_N_PLANES(&a.info);
    return planes == GST_VIDEO_INFO_N_PLANES(&b.info) &&
           std::equal(a.info.stride, a.info.stride + planes, b.info.stride) &&
           std::equal(a.info.offset, a.info.offset + planes, b.info.offset);
}

std::uint32_t drm_format_of([[maybe_unused]] const Layout& layout) {
#if GST_CHECK_VERSION(1, 24, 0)
    return gst_video_dma_drm_fourcc_from_format(GST_VIDEO_INFO_FORMAT(&layout.info));
#else
    return 0;
#endif
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
