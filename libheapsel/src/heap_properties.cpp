// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap_properties.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <ranges>
#include <string_view>

#include <heapsel/printable.hpp>

#include "ecc.hpp"
#include "heap_aliases.hpp"

namespace heapsel {
namespace {

/// What makes a heap one of a kind.
struct Evidence {
    Source source = Source::none;
    std::string words;
};

bool listed(std::span<const std::string> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// Before Linux 6.17 the one CMA heap had the name of the default area.
bool is_old_default_name(const Heap& heap, std::span<const std::string> names,
                         const Machine& machine) {
    constexpr std::array<std::string_view, 2> from_a_tree{"linux,cma", "default-pool"};
    if (listed(names, default_cma_heap))
        return false;
    return heap.name == "reserved" ||
           (std::ranges::contains(from_a_tree, heap.name) && machine.tree != TreeState::read);
}

std::optional<Evidence> cma_evidence(const Heap& heap, const ReservedRegion* node,
                                     std::span<const std::string> names, const Machine& machine) {
    if (heap.name == default_cma_heap)
        return Evidence{.source = Source::kernel, .words = "documented of default_cma_region"};
    if (node != nullptr && node->is_cma())
        return Evidence{.source = Source::device_tree,
                        .words = printable(node->path) + ": shared-dma-pool, reusable"};
    if (node != nullptr)
        return std::nullopt;
    if (is_old_default_name(heap, names, machine))
        return Evidence{.source = Source::kernel,
                        .words = "documented of the default CMA region, so named before 6.17"};
    if (machine.area(heap.name) != nullptr)
        return Evidence{.source = Source::sysfs,
                        .words = "/sys/kernel/mm/cma/" + printable(heap.name)};
    return std::nullopt;
}

void state(Heap& heap, Trait trait, Answer answer, const Evidence& evidence) {
    heap.property(trait) = {
        .answer = answer, .source = evidence.source, .evidence = evidence.words};
}

/// Both kinds of heap that the kernel has are cached and in the CPU's reach.
void describe_as(Heap& heap, Answer contiguous, const Evidence& evidence) {
    state(heap, Trait::contiguous, contiguous, evidence);
    state(heap, Trait::cached, Answer::yes, evidence);
    state(heap, Trait::protected_memory, Answer::no, evidence);
}

bool has_word(std::string_view name, std::string_view word) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    for (auto at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !is_letter(name[at - 1])) && (end == name.size() || !is_letter(name[end])))
            return true;
    }
    return false;
}

/// The naming rules give two words a meaning; their absence says nothing.
void describe_by_name(Heap& heap) {
    for (const Trait trait : {Trait::contiguous, Trait::protected_memory}) {
        const auto word = to_string(trait);
        if (has_word(heap.name, word))
            state(heap, trait, Answer::yes,
                  {.source = Source::heap_name, .words = std::format("the word \"{}\"", word)});
    }
}

/// Where a heap's memory lies, as far as it is known.
struct Place {
    const ReservedRegion* node = nullptr;
    std::optional<Region> region;
    bool certain = true; ///< Without a node and a region it is anywhere in memory, or else unknown.
};

Place place_of(const Heap& heap, std::span<const std::string> names, const Machine& machine) {
    if (heap.name != default_cma_heap && machine.memory.find(heap.name) != nullptr) {
        const ReservedRegion* const node = machine.memory.find(heap.name);
        return {.node = node, .region = node->region, .certain = true};
    }
    if (heap.name != default_cma_heap && !is_old_default_name(heap, names, machine))
        return {};
    const DefaultArea area = default_cma_area(names, machine);
    if (area.origin == DefaultArea::Origin::node)
        return {.node = area.node, .region = area.node->region, .certain = true};
    if (area.origin == DefaultArea::Origin::uncertain)
        return {.node = nullptr, .region = std::nullopt, .certain = false};
    if (machine.cma && machine.cma->base)
        return {.node = nullptr,
                .region = Region{.base = *machine.cma->base, .size = machine.cma->size},
                .certain = true};
    return {};
}

bool takes_any_memory(const Heap& heap) {
    return heap.name == "system" || heap.name == "system_cc_shared";
}

} // namespace

void describe(Heap& heap, std::span<const std::string> names, const Machine& machine) {
    heap.properties.fill(
        {.answer = Answer::unknown, .source = Source::none, .evidence = "nothing says"});
    const Place place = place_of(heap, names, machine);
    const auto cma = cma_evidence(heap, place.node, names, machine);
    heap.region = place.region;
    if (takes_any_memory(heap)) {
        describe_as(heap, Answer::no,
                    {.source = Source::kernel, .words = "documented of " + heap.name});
    } else if (cma) {
        describe_as(heap, Answer::yes, *cma);
    } else {
        describe_by_name(heap);
    }
    if (place.certain && (place.node != nullptr || cma || takes_any_memory(heap)))
        heap.property(Trait::ecc) = ecc_property(machine.memory, place.node, heap.region);
}

} // namespace heapsel
