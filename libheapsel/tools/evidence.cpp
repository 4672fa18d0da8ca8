// SPDX-License-Identifier: LGPL-2.1-or-later
#include "evidence.hpp"

#include <format>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

namespace heapsel::tools {
namespace {

std::vector<std::string> evidence_row(std::string what, std::string value, const Provenance& from) {
    return {std::move(what), std::move(value), std::string(to_string(from.source)), from.evidence};
}

} // namespace

std::string place(const Heap& heap) {
    std::string text = printable(heap.device);
    if (heap.node_mode)
        text += ", " + to_string(*heap.node_mode);
    return text;
}

std::vector<std::vector<std::string>> evidence_rows(const Usage& usage) {
    const Heap& heap = usage.heap;
    std::vector<std::vector<std::string>> rows;
    for (const Trait trait : all_traits) {
        const Property& property = heap.property(trait);
        rows.push_back(evidence_row(std::string(to_string(trait)),
                                    std::string(to_string(property.answer)),
                                    {.source = property.source, .evidence = property.evidence}));
    }
    if (heap.region)
        rows.push_back(
            evidence_row("address", std::format("{:#x}", heap.region->base), heap.region_from));
    if (heap.size)
        rows.push_back(evidence_row("size", size_text(*heap.size), heap.size_from));
    if (heap.last_address)
        rows.push_back(evidence_row("ends at", std::format("{:#x}", *heap.last_address),
                                    heap.last_address_from));
    rows.push_back(
        evidence_row("alignment", size_text(heap.largest_alignment), heap.alignment_from));
    if (usage.accounting.region)
        rows.push_back(evidence_row(
            "accounting", "dmem",
            {.source = Source::sysfs, .evidence = printable(*usage.accounting.region)}));
    for (const std::string& reason : unknown_because(usage))
        rows.push_back(
            evidence_row("figures", "unknown", {.source = Source::none, .evidence = reason}));
    return rows;
}

} // namespace heapsel::tools
