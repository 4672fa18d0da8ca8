// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <heapsel/printable.hpp>

namespace heapsel::tools {

using nlohmann::ordered_json;

namespace {

ordered_json nullable(const std::optional<std::uint64_t>& number) {
    return number ? ordered_json(*number) : ordered_json();
}

ordered_json to_json(const Provenance& from) {
    return {{"source", to_string(from.source)}, {"evidence", from.evidence}};
}

} // namespace

ordered_json to_json(const Heap& heap) {
    ordered_json aliases = ordered_json::array();
    for (const std::string& alias : heap.aliases)
        aliases.push_back(printable(alias));
    ordered_json properties = ordered_json::object();
    for (const Trait trait : all_traits) {
        const Property& property = heap.property(trait);
        properties[std::string(to_string(trait))] = {{"answer", to_string(property.answer)},
                                                     {"source", to_string(property.source)},
                                                     {"evidence", property.evidence}};
    }
    ordered_json region;
    if (heap.region)
        region = {{"base", heap.region->base}, {"size", heap.region->size}};
    return {{"name", printable(heap.name)},
            {"aliases", std::move(aliases)},
            {"device", printable(heap.device.native())},
            {"region", std::move(region)},
            {"region_from", to_json(heap.region_from)},
            {"size", nullable(heap.size)},
            {"size_from", to_json(heap.size_from)},
            {"permission", to_string(heap.permission)},
            {"open_errno", heap.open_errno},
            {"node_mode", heap.node_mode},
            {"properties", std::move(properties)}};
}

ordered_json to_json(const HeapStatistics& statistics) {
    ordered_json json;
    ordered_json unknown = ordered_json::object();
    for (const auto& [name, member] : heap_figures) {
        const Figure& figure = statistics.*member;
        json[std::string(name)] = nullable(figure.value);
        if (!figure.unknown_because.empty())
            unknown[std::string(name)] = figure.unknown_because;
    }
    json["unknown"] = std::move(unknown);
    return json;
}

ordered_json to_json(const Accounting& accounting) {
    ordered_json controller;
    if (accounting.controller)
        controller = to_string(*accounting.controller);
    ordered_json region;
    if (accounting.region)
        region = printable(*accounting.region);
    ordered_json unknown;
    if (!accounting.unknown_because.empty())
        unknown = accounting.unknown_because;
    return {{"controller", std::move(controller)},
            {"region", std::move(region)},
            {"unknown", std::move(unknown)}};
}

ordered_json to_json(const Selection& selection) {
    ordered_json heaps = ordered_json::array();
    for (const Judgement& judgement : selection.judgements())
        heaps.push_back({{"name", printable(judgement.heap.name)},
                         {"verdict", to_string(judgement.verdict)},
                         {"reason", judgement.reason}});
    ordered_json chosen;
    if (selection.chosen() != nullptr)
        chosen = printable(selection.chosen()->heap.name);
    return {{"chosen", std::move(chosen)}, {"heaps", std::move(heaps)}};
}

} // namespace heapsel::tools
