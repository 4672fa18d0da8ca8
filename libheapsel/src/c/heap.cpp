// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/heap.h>

#include <array>

#include <heapsel/permission_remedy.hpp>

#include "c/answers.hpp"
#include "c/call.hpp"
#include "c/copied.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;
using c_api::from_c;

namespace {

constexpr std::array all_sources{Source::kernel, Source::device_tree, Source::command_line,
                                 Source::sysfs,  Source::facts,       Source::heap_name,
                                 Source::none};
constexpr std::array all_permissions{Permission::granted, Permission::denied, Permission::broken,
                                     Permission::unknown};

constexpr std::array all_exporters{Exporter::dma_heap, Exporter::udmabuf};

const Property* property_of(const heapsel_heap* heap, heapsel_trait trait) {
    const auto value = c_api::value_of(trait, all_traits);
    return heap == nullptr || !value ? nullptr : &from_c(heap)->property(*value);
}

heapsel_source source_of(const heapsel_heap* heap, Provenance Heap::* part) {
    return c_api::number_of<heapsel_source>(heap == nullptr ? Source::none
                                                            : (from_c(heap)->*part).source);
}

const char* evidence_of(const heapsel_heap* heap, Provenance Heap::* part) {
    return heap == nullptr ? nullptr : (from_c(heap)->*part).evidence.c_str();
}

} // namespace

const char* heapsel_heap_name(const heapsel_heap* heap) {
    return heap == nullptr ? nullptr : from_c(heap)->name.c_str();
}

std::size_t heapsel_heap_alias_count(const heapsel_heap* heap) {
    return heap == nullptr ? 0 : from_c(heap)->aliases.size();
}

const char* heapsel_heap_alias(const heapsel_heap* heap, std::size_t index) {
    const auto* const alias = heap == nullptr ? nullptr : c_api::at(from_c(heap)->aliases, index);
    return alias == nullptr ? nullptr : alias->c_str();
}

bool heapsel_heap_is_called(const heapsel_heap* heap, const char* text) {
    return heap != nullptr && text != nullptr && from_c(heap)->is_called(text);
}

heapsel_exporter heapsel_heap_exporter(const heapsel_heap* heap) {
    return c_api::number_of<heapsel_exporter>(heap == nullptr ? Exporter::dma_heap
                                                              : from_c(heap)->exporter);
}

const char* heapsel_heap_node(const heapsel_heap* heap) {
    return heap == nullptr ? nullptr : from_c(heap)->device.c_str();
}

std::size_t heapsel_heap_folder_count(const heapsel_heap* heap) {
    return heap == nullptr ? 0 : from_c(heap)->sysfs.size();
}

const char* heapsel_heap_folder(const heapsel_heap* heap, std::size_t index) {
    const auto* const folder = heap == nullptr ? nullptr : c_api::at(from_c(heap)->sysfs, index);
    return folder == nullptr ? nullptr : folder->c_str();
}

bool heapsel_heap_region(const heapsel_heap* heap, std::uint64_t* base, std::uint64_t* size) {
    if (heap == nullptr || !from_c(heap)->region)
        return false;
    if (base != nullptr)
        *base = from_c(heap)->region->base;
    if (size != nullptr)
        *size = from_c(heap)->region->size;
    return true;
}

heapsel_source heapsel_heap_region_source(const heapsel_heap* heap) {
    return source_of(heap, &Heap::region_from);
}

const char* heapsel_heap_region_evidence(const heapsel_heap* heap) {
    return evidence_of(heap, &Heap::region_from);
}

bool heapsel_heap_size(const heapsel_heap* heap, std::uint64_t* size) {
    if (heap == nullptr || !from_c(heap)->size)
        return false;
    if (size != nullptr)
        *size = *from_c(heap)->size;
    return true;
}

heapsel_source heapsel_heap_size_source(const heapsel_heap* heap) {
    return source_of(heap, &Heap::size_from);
}

const char* heapsel_heap_size_evidence(const heapsel_heap* heap) {
    return evidence_of(heap, &Heap::size_from);
}

bool heapsel_heap_last_address(const heapsel_heap* heap, std::uint64_t* address) {
    if (heap == nullptr || !from_c(heap)->last_address)
        return false;
    if (address != nullptr)
        *address = *from_c(heap)->last_address;
    return true;
}

heapsel_source heapsel_heap_last_address_source(const heapsel_heap* heap) {
    return source_of(heap, &Heap::last_address_from);
}

const char* heapsel_heap_last_address_evidence(const heapsel_heap* heap) {
    return evidence_of(heap, &Heap::last_address_from);
}

std::uint64_t heapsel_heap_largest_alignment(const heapsel_heap* heap) {
    return heap == nullptr ? 0 : from_c(heap)->largest_alignment;
}

heapsel_source heapsel_heap_alignment_source(const heapsel_heap* heap) {
    return source_of(heap, &Heap::alignment_from);
}

const char* heapsel_heap_alignment_evidence(const heapsel_heap* heap) {
    return evidence_of(heap, &Heap::alignment_from);
}

heapsel_answer heapsel_heap_property(const heapsel_heap* heap, heapsel_trait trait) {
    const Property* const property = property_of(heap, trait);
    return c_api::number_of<heapsel_answer>(property == nullptr ? Answer::unknown
                                                                : property->answer);
}

heapsel_source heapsel_heap_property_source(const heapsel_heap* heap, heapsel_trait trait) {
    const Property* const property = property_of(heap, trait);
    return c_api::number_of<heapsel_source>(property == nullptr ? Source::none : property->source);
}

const char* heapsel_heap_property_evidence(const heapsel_heap* heap, heapsel_trait trait) {
    const Property* const property = property_of(heap, trait);
    return property == nullptr ? nullptr : property->evidence.c_str();
}

heapsel_permission heapsel_heap_permission(const heapsel_heap* heap) {
    return c_api::number_of<heapsel_permission>(heap == nullptr ? Permission::unknown
                                                                : from_c(heap)->permission);
}

int heapsel_heap_open_errno(const heapsel_heap* heap) {
    return heap == nullptr ? 0 : from_c(heap)->open_errno;
}

bool heapsel_heap_node_mode(const heapsel_heap* heap, std::uint32_t* user, std::uint32_t* group,
                            std::uint32_t* mode) {
    if (heap == nullptr || !from_c(heap)->node_mode)
        return false;
    const NodeMode& known = *from_c(heap)->node_mode;
    if (user != nullptr)
        *user = known.user;
    if (group != nullptr)
        *group = known.group;
    if (mode != nullptr)
        *mode = known.mode;
    return true;
}

int heapsel_heap_permission_remedy(const heapsel_heap* heap, char** remedy, heapsel_error** error) {
    if (remedy != nullptr)
        *remedy = nullptr;
    return c_api::call(__func__, error, {{"heap", heap}, {"remedy", remedy}},
                       [&]() -> Result<void> {
                           const Permission permission = from_c(heap)->permission;
                           if (permission != Permission::denied && permission != Permission::broken)
                               return {};
                           *remedy = c_api::copied(permission_remedy(*from_c(heap)));
                           return {};
                       });
}

const char* heapsel_exporter_text(heapsel_exporter exporter) {
    return c_api::word_of(exporter, all_exporters);
}

const char* heapsel_trait_text(heapsel_trait trait) {
    return c_api::word_of(trait, all_traits);
}

const char* heapsel_answer_text(heapsel_answer answer) {
    return c_api::word_of(answer, c_api::all_answers);
}

const char* heapsel_source_text(heapsel_source source) {
    return c_api::word_of(source, all_sources);
}

const char* heapsel_permission_text(heapsel_permission permission) {
    return c_api::word_of(permission, all_permissions);
}

static_assert(c_api::are(all_exporters, {HEAPSEL_EXPORTER_DMA_HEAP, HEAPSEL_EXPORTER_UDMABUF}));
static_assert(c_api::are(all_traits, {HEAPSEL_TRAIT_CONTIGUOUS, HEAPSEL_TRAIT_CACHED,
                                      HEAPSEL_TRAIT_ECC, HEAPSEL_TRAIT_PROTECTED}));
static_assert(c_api::are(c_api::all_answers,
                         {HEAPSEL_ANSWER_NO, HEAPSEL_ANSWER_YES, HEAPSEL_ANSWER_UNKNOWN}));
static_assert(c_api::are(all_sources, {HEAPSEL_SOURCE_KERNEL, HEAPSEL_SOURCE_DEVICE_TREE,
                                       HEAPSEL_SOURCE_COMMAND_LINE, HEAPSEL_SOURCE_SYSFS,
                                       HEAPSEL_SOURCE_FACTS, HEAPSEL_SOURCE_HEAP_NAME,
                                       HEAPSEL_SOURCE_NONE}));
static_assert(c_api::are(all_permissions, {HEAPSEL_PERMISSION_GRANTED, HEAPSEL_PERMISSION_DENIED,
                                           HEAPSEL_PERMISSION_BROKEN, HEAPSEL_PERMISSION_UNKNOWN}));
