// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapsellinear.h"

#include <format>
#include <string_view>

namespace gstheapsel {
namespace {

constexpr const char* drm_format = "drm-format";

/// "NV12"; what has a modifier is "NV12:0x0100000000000002".
bool is_linear(const GValue* format) {
    return !G_VALUE_HOLDS_STRING(format) ||
           !std::string_view(g_value_get_string(format)).contains(':');
}

/// A list of those of `formats` that are linear, or of those that are not.
GValue those(const GValue* formats, bool linear) {
    GValue list = G_VALUE_INIT;
    g_value_init(&list, GST_TYPE_LIST);
    for (guint index = 0; index < gst_value_list_get_size(formats); ++index) {
        const GValue* format = gst_value_list_get_value(formats, index);
        if (is_linear(format) == linear)
            gst_value_list_append_value(&list, format);
    }
    return list;
}

void append_with(GstCaps* caps, const GstStructure* structure, const GstCapsFeatures* features,
                 GValue formats) {
    if (gst_value_list_get_size(&formats) == 0) {
        g_value_unset(&formats);
        return;
    }
    GstStructure* copy = gst_structure_copy(structure);
    gst_structure_take_value(copy, drm_format, &formats);
    gst_caps_append_structure_full(caps, copy, gst_caps_features_copy(features));
}

void append(GstCaps* linear, GstCaps* others, const GstCaps* caps, guint index) {
    const GstStructure* structure = gst_caps_get_structure(caps, index);
    const GstCapsFeatures* features = gst_caps_get_features(caps, index);
    const GValue* formats = gst_structure_get_value(structure, drm_format);
    if (formats != nullptr && GST_VALUE_HOLDS_LIST(formats)) {
        append_with(linear, structure, features, those(formats, true));
        append_with(others, structure, features, those(formats, false));
        return;
    }
    GstCaps* to = formats == nullptr || is_linear(formats) ? linear : others;
    gst_caps_append_structure_full(to, gst_structure_copy(structure),
                                   gst_caps_features_copy(features));
}

} // namespace

GstCaps* linear_first(GstCaps* caps) {
    if (gst_caps_is_any(caps) || gst_caps_is_empty(caps))
        return caps;
    GstCaps* linear = gst_caps_new_empty();
    GstCaps* others = gst_caps_new_empty();
    for (guint index = 0; index < gst_caps_get_size(caps); ++index)
        append(linear, others, caps, index);
    gst_caps_unref(caps);
    gst_caps_append(linear, others); // Takes them over.
    return linear;
}

std::string linear_filter(const GstCaps* caps) {
    const GstStructure* structure = gst_caps_get_structure(caps, 0);
    const gchar* format = gst_structure_get_string(structure, drm_format);
    if (format == nullptr)
        return {};
    const std::string_view all(format);
    const auto colon = all.find(':');
    return colon == std::string_view::npos
               ? ""
               : std::format("video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format={}",
                             all.substr(0, colon));
}

} // namespace gstheapsel
