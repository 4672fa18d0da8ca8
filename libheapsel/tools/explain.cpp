// SPDX-License-Identifier: LGPL-2.1-or-later
#include <format>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <heapsel/named_consumer.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/selector.hpp>

#include "json.hpp"
#include "shared_options.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

struct ExplainOptions {
    Scope scope;
    PolicyOptions policy;
    std::vector<std::string> devices;
    bool try_heaps = false; ///< With displays that cannot be asked.
};

int explain(const ExplainOptions& options, const HeapCatalog& catalog, const Policies& policies) {
    constexpr std::size_t indent = 4;
    constexpr std::size_t width = 100;
    const auto heaps = options.try_heaps ? catalog.heaps() : std::span<const Heap>();
    const auto named = consumers_called(options.devices, options.scope.root, heaps);
    if (!named)
        return fail(named.error());
    auto consumers = asked_for(options.policy);
    std::vector<PolicyTarget> targets;
    for (const NamedConsumer& one : *named) {
        consumers.push_back(one.consumer);
        targets.push_back(one.target);
    }
    auto selection = select(catalog, consumers, policies.of(targets));
    if (!selection)
        return fail(selection.error());
    if (options.scope.json) {
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

} // namespace

void add_explain(CLI::App& app, Action& action) {
    const auto options = std::make_shared<ExplainOptions>();
    CLI::App* const verb =
        app.add_subcommand("explain", "Say which heap would be taken, and why not the others");
    CLI::Option* const root = add_scope(*verb, options->scope);
    add_policy(*verb, options->policy);
    CLI::Option* const blob = add_blob(*verb, options->scope, root);
    verb->add_option(
            "DEVICE", options->devices,
            "Devices that must be able to use the heap: /dev/videoN, with :capture, :output, "
            ":reference or :metadata behind it for one of its memories; /dev/dri/cardN, with "
            ":PLANE or "
            ":PLANE:FORMAT behind it")
        ->excludes(blob);
    add_size(*verb, options->policy.size, "--size",
             "The largest buffer that is needed: bytes, or with K, M or G");
    verb->add_flag("--try", options->try_heaps,
                   "Hand a buffer from each heap to a display that does not say what it can use")
        ->excludes(root)
        ->excludes(blob);
    verb->callback([options, &action] {
        action = [options] {
            return with_policies(options->scope, options->policy,
                                 [&](const HeapCatalog& catalog, const Policies& policies) {
                                     return explain(*options, catalog, policies);
                                 });
        };
    });
}

} // namespace heapsel::tools
