// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/plane.h>

#include <heapsel/plane.hpp>

#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

const Plane* plane_of(const heapsel_device* device, std::size_t memory) {
    const auto* const found = device == nullptr ? nullptr : c_api::at(device->memories, memory);
    return found == nullptr ? nullptr : found->shown_by;
}

} // namespace

heapsel_plane_type heapsel_device_memory_plane_type(const heapsel_device* device,
                                                    std::size_t memory) {
    const Plane* const plane = plane_of(device, memory);
    if (plane == nullptr || !plane->type)
        return HEAPSEL_PLANE_UNKNOWN;
    return c_api::number_of<heapsel_plane_type>(*plane->type);
}

heapsel_answer heapsel_device_memory_takes(const heapsel_device* device, std::size_t memory,
                                           std::uint32_t format, std::uint64_t modifier) {
    const Plane* const plane = plane_of(device, memory);
    return c_api::number_of<heapsel_answer>(plane == nullptr ? Answer::unknown
                                                             : plane->takes(format, modifier));
}

std::size_t heapsel_device_memory_modifier_count(const heapsel_device* device, std::size_t memory) {
    const Plane* const plane = plane_of(device, memory);
    return plane == nullptr ? 0 : plane->modifiers.size();
}

bool heapsel_device_memory_modifier(const heapsel_device* device, std::size_t memory,
                                    std::size_t index, std::uint32_t* format,
                                    std::uint64_t* modifier) {
    const Plane* const plane = plane_of(device, memory);
    const FormatModifier* const pair =
        plane == nullptr ? nullptr : c_api::at(plane->modifiers, index);
    if (pair == nullptr)
        return false;
    if (format != nullptr)
        *format = pair->format;
    if (modifier != nullptr)
        *modifier = pair->modifier;
    return true;
}

const char* heapsel_device_memory_modifiers_unknown_because(const heapsel_device* device,
                                                            std::size_t memory) {
    const Plane* const plane = plane_of(device, memory);
    return plane == nullptr ? nullptr : plane->modifiers_unknown_because.c_str();
}

const char* heapsel_plane_type_text(heapsel_plane_type type) {
    return type == HEAPSEL_PLANE_UNKNOWN ? "unknown" : c_api::word_of(type, all_plane_types);
}

static_assert(c_api::are(all_plane_types,
                         {HEAPSEL_PLANE_PRIMARY, HEAPSEL_PLANE_OVERLAY, HEAPSEL_PLANE_CURSOR}));
