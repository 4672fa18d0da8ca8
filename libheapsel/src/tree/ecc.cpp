// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/ecc.hpp"

#include <algorithm>
#include <format>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

Property unknown_ecc(std::string why) {
    return {.answer = Answer::unknown, .source = Source::none, .evidence = std::move(why)};
}

Property stated_by(std::string_view path, const EccBits& bits) {
    if (!bits.stated())
        return unknown_ecc(std::format("{} has no ecc-correction-bits", printable(path)));
    const auto correction = bits.correction.value_or(0);
    std::string evidence = printable(path) + ":";
    if (bits.detection)
        evidence +=
            std::format(" ecc-detection-bits = {}{}", *bits.detection, bits.correction ? "," : "");
    if (bits.correction)
        evidence += std::format(" ecc-correction-bits = {}", *bits.correction);
    if (correction == 0 && bits.detection.value_or(0) > 0)
        return unknown_ecc(evidence + ", which detects and does not correct");
    return {.answer = correction > 0 ? Answer::yes : Answer::no,
            .source = Source::device_tree,
            .evidence = std::move(evidence)};
}

std::uint64_t overlap(const Region& a, const Region& b) {
    const auto start = std::max(a.base, b.base);
    const auto end = std::min(a.base + a.size, b.base + b.size);
    return end > start ? end - start : 0;
}

/// The nodes that hold `region`; none unless together they hold all of it.
std::vector<const MemoryNode*> holders(const MemoryMap& map, const Region& region) {
    std::vector<const MemoryNode*> found;
    std::uint64_t held = 0;
    for (const MemoryNode& node : map.memory) {
        std::uint64_t part = 0;
        for (const Region& range : node.ranges)
            part += overlap(range, region);
        if (part > 0)
            found.push_back(&node);
        held += part;
    }
    if (held != region.size)
        found.clear();
    return found;
}

Property agreement(const std::vector<const MemoryNode*>& nodes) {
    Property common = stated_by(nodes.front()->path, nodes.front()->ecc);
    for (const MemoryNode* const node : nodes | std::views::drop(1)) {
        Property next = stated_by(node->path, node->ecc);
        common.evidence += "; " + next.evidence;
        if (next.answer != common.answer)
            common = unknown_ecc(std::move(common.evidence));
    }
    return common;
}

} // namespace

Property ecc_property(const MemoryMap& map, const ReservedRegion* node,
                      const std::optional<Region>& region) {
    if (node != nullptr && node->ecc.stated())
        return stated_by(node->path, node->ecc);
    std::vector<const MemoryNode*> nodes;
    if (region) {
        nodes = holders(map, *region);
    } else {
        for (const MemoryNode& memory : map.memory)
            nodes.push_back(&memory);
    }
    if (nodes.empty())
        return unknown_ecc(region ? "no memory node holds the region" : "no memory node was read");
    return agreement(nodes);
}

} // namespace heapsel
