// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/heap.h>

#include <array>

#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;
using c_api::from_c;

namespace {

constexpr std::array all_permissions{Permission::granted, Permission::denied, Permission::broken,
                                     Permission::unknown};

const Property* property_of(const heapsel_heap* heap, heapsel_trait trait) {
    const auto value = c_api::value_of(trait, all_traits);
    return heap == nullptr || !value ? nullptr : &from_c(heap)->property(*value);
}

} // namespace

const char* heapsel_heap_name(const heapsel_heap* heap) {
    return heap == nullptr ? nullptr : from_c(heap)->name.c_str();
}

bool heapsel_heap_is_called(const heapsel_heap* heap, const char* text) {
    return heap != nullptr && text != nullptr && from_c(heap)->is_called(text);
}

const char* heapsel_heap_node(const heapsel_heap* heap) {
    return heap == nullptr ? nullptr : from_c(heap)->device.c_str();
}

bool heapsel_heap_region(const heapsel_heap* heap, std::uint64_t* base, std::uint64_t* size) {
    if (heap == nullptr || !from_c(heap)->region)
        return false;
    c_api::put(base, from_c(heap)->region->base);
    c_api::put(size, from_c(heap)->region->size);
    return true;
}

bool heapsel_heap_size(const heapsel_heap* heap, std::uint64_t* size) {
    if (heap == nullptr || !from_c(heap)->size)
        return false;
    c_api::put(size, *from_c(heap)->size);
    return true;
}

heapsel_answer heapsel_heap_property(const heapsel_heap* heap, heapsel_trait trait) {
    const Property* const property = property_of(heap, trait);
    return c_api::number_of<heapsel_answer>(property == nullptr ? Answer::unknown
                                                                : property->answer);
}

const char* heapsel_heap_property_evidence(const heapsel_heap* heap, heapsel_trait trait) {
    const Property* const property = property_of(heap, trait);
    return property == nullptr ? nullptr : property->evidence.c_str();
}

heapsel_permission heapsel_heap_permission(const heapsel_heap* heap) {
    return c_api::number_of<heapsel_permission>(heap == nullptr ? Permission::unknown
                                                                : from_c(heap)->permission);
}

const char* heapsel_trait_text(heapsel_trait trait) {
    return c_api::word_of(trait, all_traits);
}

static_assert(c_api::are(all_traits, {HEAPSEL_TRAIT_CONTIGUOUS, HEAPSEL_TRAIT_CACHED,
                                      HEAPSEL_TRAIT_ECC, HEAPSEL_TRAIT_PROTECTED}));
static_assert(c_api::are(c_api::all_answers,
                         {HEAPSEL_ANSWER_NO, HEAPSEL_ANSWER_YES, HEAPSEL_ANSWER_UNKNOWN}));
static_assert(c_api::are(all_permissions, {HEAPSEL_PERMISSION_GRANTED, HEAPSEL_PERMISSION_DENIED,
                                           HEAPSEL_PERMISSION_BROKEN, HEAPSEL_PERMISSION_UNKNOWN}));
