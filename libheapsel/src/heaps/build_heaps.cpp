// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/build_heaps.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "heaps/heap_aliases.hpp"
#include "heaps/heap_facts.hpp"
#include "heaps/heap_properties.hpp"

namespace heapsel {
namespace {

std::vector<std::string> names_of(const std::vector<HeapNode>& nodes) {
    std::vector<std::string> names;
    std::ranges::transform(nodes, std::back_inserter(names), &HeapNode::name);
    return names;
}

/// Moves the node `alias`, with its own aliases, into the aliases of `into`.
void fold(std::vector<HeapNode>& nodes, std::string_view into, std::string_view alias) {
    const auto from = std::ranges::find(nodes, alias, &HeapNode::name);
    HeapNode folded = std::move(*from);
    nodes.erase(from);
    auto& aliases = std::ranges::find(nodes, into, &HeapNode::name)->aliases;
    aliases.push_back(std::move(folded.name));
    std::ranges::move(folded.aliases, std::back_inserter(aliases));
}

bool has(const std::vector<HeapNode>& nodes, std::string_view name) {
    return std::ranges::contains(nodes, name, &HeapNode::name);
}

/// Of a heap that the kernel itself names, no fact makes a second name.
void fold_by_facts(std::vector<HeapNode>& nodes, std::span<const std::string> names,
                   const Machine& machine) {
    for (const auto& [name, alias] : same_heaps(names, machine)) {
        if (has(nodes, name) && has(nodes, alias) && !is_known_to_the_kernel(alias, names, machine))
            fold(nodes, name, alias);
    }
}

} // namespace

std::vector<Heap> assemble_heaps(std::vector<HeapNode> nodes,
                                 const std::filesystem::path& directory, const Machine& machine) {
    const auto names = names_of(nodes);
    if (const auto alias = default_cma_alias(names, machine))
        fold(nodes, default_cma_heap, *alias);
    fold_by_facts(nodes, names, machine);
    std::vector<Heap> heaps;
    for (HeapNode& node : nodes) {
        Heap heap{};
        heap.name = std::move(node.name);
        heap.aliases = std::move(node.aliases);
        std::ranges::sort(heap.aliases);
        heap.device = (directory / heap.name).native();
        describe(heap, names, machine);
        heaps.push_back(std::move(heap));
    }
    return heaps;
}

} // namespace heapsel
