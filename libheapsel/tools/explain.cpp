// SPDX-License-Identifier: LGPL-2.1-or-later
#include <format>
#include <iostream>

#include <heapsel/printable.hpp>
#include <heapsel/selector.hpp>

#include "commands.hpp"
#include "device_argument.hpp"
#include "json.hpp"
#include "table.hpp"

namespace heapsel::tools {

int explain(const Options& options, const HeapCatalog& catalog, const Policy& policy) {
    constexpr std::size_t indent = 4;
    constexpr std::size_t width = 100;
    const auto consumers = consumers_called(options.devices, options.root);
    if (!consumers)
        return fail(consumers.error());
    auto selection = select(catalog, *consumers, policy);
    if (!selection)
        return fail(selection.error());
    if (options.json) {
        auto answer = to_json(*selection);
        answer["consumers"] = nlohmann::ordered_json::array();
        for (const Consumer& consumer : *consumers)
            answer["consumers"].push_back(
                {{"name", printable(consumer.name())},
                 {"usable", to_json(consumer.usable().value_or(UsableHeaps{}))}});
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
