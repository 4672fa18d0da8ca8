// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.hpp"

#include <string>

#include <heapsel/printable.hpp>

namespace heapsel::tools {

using nlohmann::ordered_json;

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
            {"permission", to_string(heap.permission)},
            {"open_errno", heap.open_errno},
            {"node_mode", heap.node_mode},
            {"properties", std::move(properties)}};
}

ordered_json to_json(const HeapCatalog& catalog) {
    ordered_json heaps = ordered_json::array();
    for (const Heap& heap : catalog.heaps())
        heaps.push_back(to_json(heap));
    return {{"heaps", std::move(heaps)}, {"warnings", catalog.warnings()}};
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
