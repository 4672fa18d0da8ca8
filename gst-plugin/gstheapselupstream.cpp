// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselupstream.h"

#include <algorithm>
#include <array>
#include <format>
#include <memory>
#include <string_view>

#include <gst/base/gstbasetransform.h>

namespace gstheapsel {
namespace {

struct Unref {
    void operator()(gpointer object) const { gst_object_unref(object); }
};
template <typename T>
using Ref = std::unique_ptr<T, Unref>;

std::string_view factory_name(GstElement* element) {
    GstElementFactory* factory = gst_element_get_factory(element);
    return factory != nullptr ? GST_OBJECT_NAME(factory) : "";
}

bool only_passes_on(GstElement* element) {
    constexpr std::array<std::string_view, 5> passing{"queue", "queue2", "capsfilter", "identity",
                                                      "tee"};
    return std::ranges::contains(passing, factory_name(element)) ||
           (GST_IS_BASE_TRANSFORM(element) &&
            gst_base_transform_is_passthrough(GST_BASE_TRANSFORM(element)));
}

/// The element that fills the buffers, as far as it can be seen; null if nothing is linked.
Ref<GstElement> producer_behind(GstPad* sinkpad) {
    Ref<GstPad> pad(GST_PAD(gst_object_ref(sinkpad)));
    for (;;) {
        const Ref<GstPad> peer(gst_pad_get_peer(pad.get()));
        Ref<GstElement> element(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
        if (!element || !only_passes_on(element.get()))
            return element;
        pad.reset(gst_element_get_static_pad(element.get(), "sink"));
        if (!pad)
            return element;
    }
}

/// The nick of an enum property's present value; empty if the element has no such property.
std::string enum_nick(GstElement* element, const char* property) {
    const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), property);
    if (spec == nullptr || !G_IS_PARAM_SPEC_ENUM(spec))
        return {};
    gint value = 0;
    g_object_get(element, property, &value, nullptr);
    const GEnumValue* entry = g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, value);
    return entry != nullptr ? entry->value_nick : "";
}

bool never_takes_a_pool(std::string_view factory) {
    return factory.starts_with("v4l2sl") || factory == "libcamerasrc";
}

} // namespace

std::string hint_upstream_of(GstPad* sinkpad) {
    constexpr std::array modes{"capture-io-mode", "io-mode"};
    const auto producer = producer_behind(sinkpad);
    if (!producer)
        return "Link an element that produces raw video before this one.";
    const std::string name = GST_OBJECT_NAME(producer.get());
    const auto factory = factory_name(producer.get());

    if (never_takes_a_pool(factory))
        return std::format("{} ({}) never takes buffers from downstream: only the kernel can place "
                           "them; leave the element out, or set strict=false.",
                           name, factory);
    for (const char* mode : modes) {
        const std::string nick = enum_nick(producer.get(), mode);
        if (!nick.empty() && nick != "dmabuf-import")
            return std::format("Set {}=dmabuf-import on {} ({}), which has {}={}.", mode, factory,
                               name, mode, nick);
    }
    return std::format(
        "Use an element that allocates from the downstream pool in place of {} ({}), "
        "or set strict=false.",
        name, factory);
}

} // namespace gstheapsel
