// SPDX-License-Identifier: LGPL-2.1-or-later
#include <format>
#include <iostream>
#include <span>
#include <vector>

#include <heapsel/printable.hpp>
#include <heapsel/selector.hpp>

#include "commands.hpp"
#include "consumers.hpp"
#include "json.hpp"
#include "table.hpp"

namespace heapsel::tools {

int explain(const Options& options, const HeapCatalog& catalog, const Policy& policy) {
    constexpr std::size_t indent = 4;
    constexpr std::size_t width = 100;
    const auto heaps = options.try_heaps ? catalog.heaps() : std::span<const Heap>();
    const auto named = consumers_called(options.devices, options.root, heaps);
    if (!named)
        return fail(named.error());
    std::vector<Consumer> consumers;
    for (const auto& [consumer, show] : *named)
        consumers.push_back(consumer);
    auto selection = select(catalog, consumers, policy);
    if (!selection)
        return fail(selection.error());
    if (options.json) {
        auto answer = to_json(*selection);
        answer["consumers"] = nlohmann::ordered_json::array();
        for (const NamedConsumer& consumer : *named)
            answer["consumers"].push_back(to_json(consumer));
        answer["warnings"] = catalog.warnings();
        std::cout << answer.dump(2) << '\n';
    } else {
        for (const Judgement& judgement : selection->judgements())
            std::cout << std::format("{}: {}\n{}", printable(judgement.heap.name),
                                     to_string(judgement.verdict),
                                     wrapped(judgement.reason, indent, width));
    }
    if (const auto required = require_candidate(*std::move(selection)); !required)
        return fail(required.error());
    return exit_done;
}

} // namespace heapsel::tools
