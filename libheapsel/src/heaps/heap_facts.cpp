// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_facts.hpp"

#include <algorithm>
#include <string_view>

#include "base/pattern.hpp"

namespace heapsel {
namespace {

using Patterns = std::vector<std::string>;

bool one_fits(const Patterns& patterns, std::string_view text) {
    return std::ranges::any_of(patterns,
                               [&](std::string_view pattern) { return fits(pattern, text); });
}

bool one_fits_one(const Patterns& patterns, const std::vector<std::string>& texts) {
    return std::ranges::any_of(texts,
                               [&](std::string_view text) { return one_fits(patterns, text); });
}

bool is_machine_of(const HeapMatch& match, const Machine& machine) {
    return (match.kernels.empty() || one_fits(match.kernels, machine.kernel_release)) &&
           (match.machines.empty() || one_fits_one(match.machines, machine.compatible));
}

/// A pattern and the name of the heap that fits it.
struct NameThatFits {
    std::string_view pattern;
    std::string_view name;
};

std::optional<NameThatFits> name_that_fits(const Patterns& patterns, const Heap& heap) {
    for (const std::string_view pattern : patterns) {
        if (fits(pattern, heap.name))
            return NameThatFits{.pattern = pattern, .name = heap.name};
        for (const std::string_view alias : heap.aliases) {
            if (fits(pattern, alias))
                return NameThatFits{.pattern = pattern, .name = alias};
        }
    }
    return std::nullopt;
}

/// `node` of the entry, where its `*` is what the one in the heap's name stands for.
std::string node_name(const HeapMatch& match, const NameThatFits& named) {
    std::string name = match.node;
    const auto star = star_in(named.pattern, named.name);
    if (const auto at = name.find('*'); star && at != std::string::npos)
        name.replace(at, 1, *star);
    return name;
}

bool suits(const HeapMatch& match, const ReservedRegion* node) {
    if (match.compatible.empty() && !match.no_map)
        return true;
    return node != nullptr && (!match.no_map || node->no_map == *match.no_map) &&
           (match.compatible.empty() || one_fits_one(match.compatible, node->compatible));
}

/// Whether an entry is about a heap, and the node that it says the heap lies over; null where it
/// says none, or one that the machine does not have.
struct EntryMatch {
    bool about = false;
    const ReservedRegion* node = nullptr;
};

/// Of an entry that goes by the node alone.
EntryMatch by_node(const HeapMatch& match, const ReservedRegion* node) {
    const bool named = node != nullptr && (match.node.empty() || fits(match.node, node->name));
    return {.about = named && suits(match, node), .node = nullptr};
}

EntryMatch match_of(const HeapMatch& match, const Heap& heap, const ReservedRegion* node,
                    const Machine& machine) {
    if (!is_machine_of(match, machine))
        return {};
    if (match.names.empty())
        return by_node(match, node);
    const auto named = name_that_fits(match.names, heap);
    if (!named)
        return {};
    if (match.node.empty())
        return {.about = suits(match, node), .node = nullptr};
    const std::string wanted = node_name(match, *named);
    if (node != nullptr)
        return {.about = fits(wanted, node->name) && suits(match, node), .node = nullptr};
    const ReservedRegion* const found = machine.memory.find(wanted);
    return {.about = suits(match, found), .node = found};
}

template <typename T>
void take(std::optional<T>& into, const std::optional<T>& from) {
    if (from)
        into = from;
}

} // namespace

FactsOfHeap facts_of(const Heap& heap, const ReservedRegion* node, const Machine& machine) {
    FactsOfHeap known;
    for (const HeapFact& fact : machine.facts) {
        const EntryMatch matched = match_of(fact.match, heap, node, machine);
        if (!matched.about)
            continue;
        take(known.contiguous, fact.contiguous);
        take(known.cached, fact.cached);
        take(known.protected_memory, fact.protected_memory);
        take(known.last_address, fact.last_address);
        if (matched.node != nullptr)
            known.node = Stated<const ReservedRegion*>{.value = matched.node, .where = fact.where};
    }
    return known;
}

std::vector<SameHeap> same_heaps(std::span<const std::string> names, const Machine& machine) {
    std::vector<SameHeap> same;
    for (const HeapFact& fact : machine.facts) {
        if (fact.aliases.empty() || !is_machine_of(fact.match, machine) ||
            !std::ranges::contains(names, fact.match.names.front()))
            continue;
        for (const std::string& alias : fact.aliases) {
            if (alias != fact.match.names.front() && std::ranges::contains(names, alias))
                same.push_back({.name = fact.match.names.front(), .alias = alias});
        }
    }
    return same;
}

} // namespace heapsel
