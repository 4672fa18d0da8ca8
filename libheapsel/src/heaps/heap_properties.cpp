// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_properties.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "heaps/heap_aliases.hpp"
#include "heaps/heap_facts.hpp"
#include "heaps/heap_kind.hpp"
#include "heaps/heap_location.hpp"
#include "tree/ecc.hpp"

namespace heapsel {
namespace {

/// Nothing for a node that the kernel makes no heap of.
std::optional<Kind> kind_of(const ReservedRegion& node) {
    const auto by_tree = [&](Answer cached, std::string_view what) {
        return contiguous_kind(cached, Source::device_tree,
                               std::format("{}: {}", printable(node.path), what));
    };
    if (node.is_cma())
        return by_tree(Answer::yes, "shared-dma-pool, reusable");
    if (node.is_coherent_heap())
        return by_tree(Answer::no, "shared-dma-pool, linux,dma-heap, without reusable");
    if (node.carved_out && node.no_map)
        return by_tree(Answer::no, "carved-out, no-map");
    if (node.carved_out)
        return by_tree(Answer::yes, "carved-out, without no-map");
    return std::nullopt;
}

std::optional<Kind> kind_of(const Heap& heap, const ReservedRegion* node,
                            std::span<const std::string> names, const Machine& machine) {
    if (auto kind = documented_kind(heap.name))
        return kind;
    if (node != nullptr)
        return kind_of(*node);
    if (is_old_default_name(heap.name, names, machine))
        return contiguous_kind(Answer::yes, Source::kernel,
                               "documented of the default CMA region, so named before 6.17");
    if (machine.area(heap.name) != nullptr)
        return contiguous_kind(Answer::yes, Source::sysfs,
                               "/sys/kernel/mm/cma/" + printable(heap.name));
    return std::nullopt;
}

std::vector<std::string> sysfs_directories(const Heap& heap, const Machine& machine) {
    std::vector<std::string> directories;
    const auto add = [&](std::string_view name) {
        if (const HeapDirectory* const directory = machine.sysfs_entries(name);
            directory != nullptr)
            directories.push_back(directory->path.native());
    };
    add(heap.name);
    std::ranges::for_each(heap.aliases, add);
    return directories;
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

/// A heap that can lie anywhere ends where all memory does.
void end_with_memory(Heap& heap, const MemoryMap& memory) {
    if (heap.last_address)
        return;
    heap.last_address = memory.last_address();
    if (heap.last_address)
        heap.last_address_from = all_memory(memory);
}

/// Without a place of its own the default area is taken from where all devices reach, as far as
/// there is such memory: below 4 GiB, on each architecture that has a device tree.
void end_below_4g(Heap& heap, const MemoryMap& memory) {
    heap.last_address = memory.last_address_below(std::uint64_t{1} << 32U);
    if (heap.last_address)
        heap.last_address_from = {.source = Source::kernel,
                                  .evidence = "the default area is taken from memory below 4 GiB"};
}

void align(Heap& heap, const ReservedRegion* node) {
    constexpr std::uint64_t carve_out = std::uint64_t{64} << 10U;
    if (node != nullptr && node->carved_out && !node->is_cma()) {
        heap.largest_alignment = carve_out;
        heap.alignment_from = {.source = Source::kernel,
                               .evidence =
                                   "carve-outs align buffers to their size, as far as 64 KiB"};
    } else {
        heap.alignment_from = whole_pages();
    }
}

void state_by_fact(Heap& heap, Trait trait, const std::optional<Stated<bool>>& fact) {
    if (fact)
        state(heap, trait, fact->value ? Answer::yes : Answer::no,
              {.source = Source::facts, .evidence = fact->where});
}

/// A last address that a fact states goes before one that only its node has.
void describe_by_facts(Heap& heap, Place& place, const FactsOfHeap& facts) {
    state_by_fact(heap, Trait::contiguous, facts.contiguous);
    state_by_fact(heap, Trait::cached, facts.cached);
    state_by_fact(heap, Trait::protected_memory, facts.protected_memory);
    if (facts.last_address && !place.last_address) {
        place.last_address = facts.last_address->value;
        place.last_address_from = {.source = Source::facts, .evidence = facts.last_address->where};
    }
    if (facts.node && place.uncertain_because.empty())
        place_by_fact(place, *facts.node->value, facts.node->where);
}

/// The naming rules give two words a meaning; their absence says nothing.
void describe_by_name(Heap& heap) {
    for (const Trait trait : {Trait::contiguous, Trait::protected_memory}) {
        const auto word = to_string(trait);
        if (heap.property(trait).source == Source::none && has_word(heap.name, word))
            state(heap, trait, Answer::yes,
                  {.source = Source::heap_name, .evidence = std::format("the word \"{}\"", word)});
    }
}

} // namespace

Provenance all_memory(const MemoryMap& memory) {
    return {.source = Source::device_tree,
            .evidence = memory.capped_by.empty()
                            ? "the memory nodes, which end there"
                            : "the memory nodes within " + memory.capped_by + ", which end there"};
}

Provenance whole_pages() {
    return {.source = Source::kernel, .evidence = "dma-bufs consist of whole pages"};
}

void describe(Heap& heap, std::span<const std::string> names, const Machine& machine) {
    heap.properties.fill(
        {.answer = Answer::unknown, .source = Source::none, .evidence = "nothing says"});
    heap.sysfs = sysfs_directories(heap, machine);
    Place place = place_of(heap, names, machine);
    const auto kind = kind_of(heap, place.node, names, machine);
    if (kind) {
        describe_as(heap, *kind);
    } else {
        describe_by_facts(heap, place, facts_of(heap, place.node, machine));
        describe_by_name(heap);
    }
    heap.region = place.region;
    heap.region_from = place.region_from;
    heap.size = place.size;
    heap.size_from = place.size_from;
    heap.last_address = place.last_address;
    heap.last_address_from = place.last_address_from;
    if (place.by_boot && !heap.last_address)
        end_below_4g(heap, machine.memory);
    if (kind && place.uncertain_because.empty())
        end_with_memory(heap, machine.memory);
    align(heap, place.node);
    if (!place.uncertain_because.empty())
        heap.property(Trait::ecc).evidence = place.uncertain_because;
    else if (place.node != nullptr || kind)
        heap.property(Trait::ecc) = ecc_property(machine.memory, place.node, heap.region);
}

bool is_known_to_the_kernel(const std::string& name, std::span<const std::string> names,
                            const Machine& machine) {
    Heap heap{};
    heap.name = name;
    return kind_of(heap, place_of(heap, names, machine).node, names, machine).has_value();
}

} // namespace heapsel
