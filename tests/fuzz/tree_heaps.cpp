// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree_heaps.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/select.hpp>

#include "heaps/heap_aliases.hpp"
#include "heaps/heap_properties.hpp"
#include "sound.hpp"

namespace heapsel::fuzz {
namespace {

std::vector<std::string> heap_names(const Machine& machine) {
    std::vector<std::string> names{"system", "default_cma_region", "reserved"};
    for (const ReservedRegion& region : machine.memory.reserved)
        names.push_back(region.name);
    for (const HeapDirectory& directory : machine.heap_directories)
        names.push_back(directory.name);
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

void expect_sound(const Heap& heap) {
    for (const Property& property : heap.properties) {
        expect((property.answer == Answer::unknown) == (property.source == Source::none),
               "what is known has a source, and what is unknown has none");
        expect_printable(property.evidence);
    }
    expect(!heap.region || heap.region->size <= UINT64_MAX - heap.region->base,
           "a region ends in the address space");
    expect_printable(heap.region_from.evidence);
    expect_printable(heap.size_from.evidence);
}

void expect_sound(const Selection& selection, std::size_t heaps) {
    expect(selection.judgements().size() == heaps, "every heap is judged once");
    for (const Judgement& judgement : selection.judgements()) {
        expect(!judgement.reason.empty(), "every verdict has a reason");
        expect_printable(judgement.reason);
    }
}

} // namespace

void describe_heaps_of(const Machine& machine) {
    const auto names = heap_names(machine);
    static_cast<void>(default_cma_alias(names, machine));
    std::vector<Heap> heaps;
    for (const std::string& name : names) {
        Heap heap{};
        heap.name = name;
        describe(heap, names, machine);
        heaps.push_back(std::move(heap));
    }
    expect_sound(HeapCatalog(std::move(heaps)));
}

void expect_sound(const HeapCatalog& catalog) {
    for (const Heap& heap : catalog.heaps())
        expect_sound(heap);
    expect_printable(catalog.warnings());
    const Policy policy{.require = {{.trait = Trait::contiguous, .wanted = true}},
                        .prefer = {{.trait = Trait::ecc, .wanted = false}},
                        .heap = {}};
    expect_sound(*select(catalog, {}, policy), catalog.heaps().size());
}

} // namespace heapsel::fuzz
