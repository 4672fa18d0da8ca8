// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselupstream.h"

#include <array>
#include <format>
#include <string_view>

#include "gstheapselneighbours.h"

namespace gstheapsel {
namespace {

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

/// How the kernel puts a device's own buffers there.
std::string bind_hint(const std::string& heap) {
    return std::format("bind its memory to the heap in the kernel (heapsel bind DEVICE frame {})",
                       heap);
}

std::string hint_for(const Neighbour& filler, const std::string& heap) {
    constexpr std::array modes{"capture-io-mode", "io-mode"};
    GstElement* element = filler.element.get();
    const std::string name = GST_OBJECT_NAME(element);
    const std::string factory = factory_name(element);

    if (filler.behind_tee)
        return std::format("A tee passes no pool on to {} ({}): put this element before the tee.",
                           name, factory);
    if (never_takes_a_pool(factory))
        return std::format("{} ({}) never takes buffers from downstream: {}.", name, factory,
                           bind_hint(heap));
    for (const char* mode : modes) {
        const std::string nick = enum_nick(element, mode);
        if (!nick.empty() && nick != "dmabuf-import")
            return std::format("Set {}=dmabuf-import on {} ({}), which has {}={}, or {}.", mode,
                               factory, name, mode, nick, bind_hint(heap));
    }
    return std::format(
        "Use an element that allocates from the downstream pool in place of {} ({}), "
        "or set strict=false.",
        name, factory);
}

} // namespace

std::string hint_upstream_of(GstPad* sinkpad, const std::string& heap) {
    const auto fillers = fillers_of(sinkpad);
    if (fillers.empty())
        return "Link an element that produces raw video before this one.";
    return hint_for(fillers.front(), heap);
}

} // namespace gstheapsel
