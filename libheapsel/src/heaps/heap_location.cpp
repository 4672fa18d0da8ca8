// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_location.hpp"

#include <algorithm>
#include <format>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "heaps/heap_aliases.hpp"

namespace heapsel {
namespace {

/// Nothing where there is no such number.
std::optional<std::uint64_t> round_up(std::uint64_t number, std::uint64_t block) {
    const std::uint64_t blocks = (number / block) + (number % block == 0 ? 0 : 1);
    if (blocks > std::numeric_limits<std::uint64_t>::max() / block)
        return std::nullopt;
    return blocks * block;
}

std::vector<std::string_view> all_names(const Heap& heap) {
    std::vector<std::string_view> names{heap.name};
    names.insert(names.end(), heap.aliases.begin(), heap.aliases.end());
    return names;
}

/// Null where the kernel links no name of the heap to a node.
const std::string* linked_node(const Heap& heap, const Machine& machine) {
    for (const std::string_view name : all_names(heap)) {
        const HeapDirectory* const directory = machine.sysfs_entries(name);
        if (directory != nullptr && directory->node)
            return &*directory->node;
    }
    return nullptr;
}

Place over(const ReservedRegion* node, std::string_view how) {
    Place place;
    place.node = node;
    place.region = node->region;
    if (node->region)
        place.region_from = {.source = Source::device_tree,
                             .evidence = printable(node->path) + ": reg, " + std::string(how)};
    return place;
}

Place uncertain(std::string why) {
    Place place;
    place.uncertain_because = std::move(why);
    return place;
}

Place at(const Region& region) {
    Place place;
    place.region = region;
    place.region_from = {.source = Source::command_line, .evidence = "cma="};
    return place;
}

Place found(const Heap& heap, std::span<const std::string> names, const Machine& machine) {
    if (const std::string* const path = linked_node(heap, machine); path != nullptr) {
        const ReservedRegion* const node = machine.memory.find_path(*path);
        return node != nullptr ? over(node, "the kernel's of_node")
                               : uncertain("the device tree that was read lacks " +
                                           printable(*path) + ", where the kernel's of_node leads");
    }
    const ReservedRegion* const namesake = machine.memory.find(heap.name);
    if (heap.name != default_cma_heap && namesake != nullptr)
        return over(namesake, "a node of the heap's name");
    if (heap.name != default_cma_heap && !is_old_default_name(heap.name, names, machine))
        return {};
    const DefaultArea area = default_cma_area(names, machine);
    if (area.origin == DefaultArea::Origin::node)
        return over(area.node, "linux,cma-default");
    if (area.origin == DefaultArea::Origin::uncertain)
        return uncertain("where the default CMA area was taken from is not certain");
    Place place;
    if (machine.cma && machine.cma->base)
        place = at({.base = *machine.cma->base, .size = machine.cma->size});
    place.by_boot = true;
    return place;
}

void add_size(Place& place, std::optional<std::uint64_t> size, Source source,
              std::string evidence) {
    if (place.size || !size)
        return;
    place.size = size;
    place.size_from = {.source = source, .evidence = std::move(evidence)};
}

void add_sizes(Place& place, const Heap& heap, const Machine& machine) {
    const auto names = all_names(heap);
    for (const std::string_view name : names) {
        if (const HeapDirectory* const directory = machine.sysfs_entries(name);
            directory != nullptr)
            add_size(place, directory->size, Source::sysfs,
                     "/sys/class/dma_heap/" + printable(name) + "/size_bytes");
    }
    for (const std::string_view name : names) {
        if (place.node == nullptr || place.node->is_cma())
            add_size(place, machine.area_size(name), Source::sysfs,
                     "/sys/kernel/mm/cma/" + printable(name) + "/total_pages");
    }
    if (place.node != nullptr)
        add_size(place, place.node->size, Source::device_tree,
                 printable(place.node->path) + (place.node->region ? ": reg" : ": size"));
    if (place.by_boot && machine.cma && machine.cma_block)
        add_size(place, round_up(machine.cma->size, *machine.cma_block), Source::command_line,
                 "cma=, in whole blocks of " + size_text(*machine.cma_block));
}

/// Nothing where one of the ranges has no end.
std::optional<std::uint64_t> last_of(const std::vector<Region>& ranges) {
    std::uint64_t last = 0;
    for (const Region& range : ranges) {
        if (range.base + range.size < range.base)
            return std::nullopt;
        if (range.size > 0)
            last = std::max(last, range.base + (range.size - 1));
    }
    return ranges.empty() ? std::nullopt : std::optional(last);
}

void add_last_address(Place& place) {
    if (place.region && place.region->size > 0) {
        place.last_address = place.region->base + (place.region->size - 1);
        place.last_address_from = place.region_from;
    } else if (place.node != nullptr) {
        place.last_address = last_of(place.node->alloc_ranges);
        if (place.last_address)
            place.last_address_from = {.source = Source::device_tree,
                                       .evidence = printable(place.node->path) + ": alloc-ranges"};
    }
}

} // namespace

Place place_of(const Heap& heap, std::span<const std::string> names, const Machine& machine) {
    Place place = found(heap, names, machine);
    add_sizes(place, heap, machine);
    add_last_address(place);
    return place;
}

void place_by_fact(Place& place, const ReservedRegion& node, std::string_view where) {
    const auto evidence = [&](std::string_view what) {
        return std::format("{}: {}: {}", where, printable(node.path), what);
    };
    place.node = &node;
    if (node.region && !place.region) {
        place.region = node.region;
        place.region_from = {.source = Source::facts, .evidence = evidence("reg")};
    }
    add_size(place, node.size, Source::facts, evidence(node.region ? "reg" : "size"));
    if (place.last_address)
        return;
    add_last_address(place);
    if (place.last_address && !node.region)
        place.last_address_from = {.source = Source::facts, .evidence = evidence("alloc-ranges")};
}

} // namespace heapsel
