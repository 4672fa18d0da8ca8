// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/consumer.h>

#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;
using c_api::from_c;

namespace {

const UsableHeap* entry_of(const heapsel_usable_heaps* usable, std::size_t index) {
    return usable == nullptr ? nullptr : c_api::at(from_c(usable)->heaps, index);
}

} // namespace

bool heapsel_usable_heaps_known(const heapsel_usable_heaps* usable) {
    return usable != nullptr && from_c(usable)->known();
}

const char* heapsel_usable_heaps_unknown_because(const heapsel_usable_heaps* usable) {
    return usable == nullptr ? nullptr : from_c(usable)->unknown_because.c_str();
}

const char* heapsel_usable_heaps_evidence(const heapsel_usable_heaps* usable) {
    return usable == nullptr ? nullptr : from_c(usable)->evidence.c_str();
}

std::size_t heapsel_usable_heaps_count(const heapsel_usable_heaps* usable) {
    return usable == nullptr ? 0 : from_c(usable)->heaps.size();
}

const char* heapsel_usable_heaps_name(const heapsel_usable_heaps* usable, std::size_t index) {
    const UsableHeap* const entry = entry_of(usable, index);
    return entry == nullptr ? nullptr : entry->name.c_str();
}

bool heapsel_usable_heaps_active(const heapsel_usable_heaps* usable, std::size_t index) {
    const UsableHeap* const entry = entry_of(usable, index);
    return entry != nullptr && entry->active;
}

const heapsel_accounting* heapsel_usable_heaps_accounting(const heapsel_usable_heaps* usable,
                                                          std::size_t index) {
    const UsableHeap* const entry = entry_of(usable, index);
    return entry == nullptr ? nullptr : c_api::to_c(&entry->accounting);
}
