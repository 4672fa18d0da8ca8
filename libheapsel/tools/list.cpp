// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "evidence.hpp"
#include "json.hpp"
#include "region_table.hpp"
#include "shared_options.hpp"
#include "table.hpp"
#include "usage.hpp"

namespace heapsel::tools {
namespace {

std::string short_source(Source source) {
    switch (source) {
    case Source::device_tree:
        return "tree";
    case Source::heap_name:
        return "name";
    case Source::command_line:
        return "cmdline";
    case Source::kernel:
    case Source::sysfs:
    case Source::facts:
    case Source::none:
        break;
    }
    return std::string(to_string(source));
}

std::string cell(const Property& property) {
    std::string text(to_string(property.answer));
    if (property.source != Source::none)
        text += std::format(" ({})", short_source(property.source));
    return text;
}

std::string aliases_of(const Heap& heap) {
    std::string text;
    for (const std::string& alias : heap.aliases)
        text += (text.empty() ? "" : " ") + printable(alias);
    return text.empty() ? "-" : text;
}

std::string properties(std::span<const Usage> usages) {
    std::vector<std::vector<std::string>> rows{
        {"HEAP", "ALIASES", "ACCESS", "CONTIGUOUS", "CACHED", "ECC", "PROTECTED"}};
    for (const Usage& usage : usages) {
        std::vector<std::string> row{printable(usage.heap.name), aliases_of(usage.heap),
                                     std::string(to_string(usage.heap.permission))};
        for (const Trait trait : all_traits)
            row.push_back(cell(usage.heap.property(trait)));
        rows.push_back(std::move(row));
    }
    return table(rows);
}

std::string figures(std::span<const Usage> usages) {
    std::vector<std::vector<std::string>> rows{usage_heading()};
    std::ranges::transform(usages, std::back_inserter(rows), usage_row);
    return table(rows);
}

std::string evidence(const Usage& usage) {
    auto rows = evidence_rows(usage);
    for (auto& row : rows)
        row.emplace(row.begin(), " ");
    return std::format("\n{}: {}\n{}", printable(usage.heap.name), place(usage.heap), table(rows));
}

nlohmann::ordered_json as_json(const HeapCatalog& catalog, std::span<const Usage> usages) {
    nlohmann::ordered_json heaps = nlohmann::ordered_json::array();
    for (const Usage& usage : usages) {
        auto heap = to_json(usage.heap);
        heap["statistics"] = to_json(usage.statistics);
        heap["accounting"] = to_json(usage.accounting);
        heaps.push_back(std::move(heap));
    }
    return {{"heaps", std::move(heaps)}, {"warnings", catalog.warnings()}};
}

/// A plan has no figures: the kernel keeps them of what it runs.
int list_plan(const Scope& scope, bool with_evidence) {
    const auto plan = plan_board(*scope.blob, scope.plan);
    if (!plan)
        return fail(plan.error());
    say_warnings(plan->catalog);
    std::vector<Usage> usages;
    std::ranges::transform(plan->catalog.heaps(), std::back_inserter(usages), usage_of);
    if (scope.json) {
        auto answer = as_json(plan->catalog, usages);
        answer["kernel"] = to_string(scope.plan.kernel);
        answer["regions"] = nlohmann::ordered_json::array();
        for (const PlannedRegion& region : plan->regions)
            answer["regions"].push_back(to_json(region));
        std::cout << answer.dump(2) << '\n';
        return exit_done;
    }
    std::cout << properties(usages);
    if (!plan->regions.empty())
        std::cout << '\n' << region_table(plan->regions);
    if (with_evidence) {
        for (const Usage& usage : usages)
            std::cout << evidence(usage);
    }
    return exit_done;
}

struct ListOptions {
    Scope scope;
    bool evidence = false;
};

int list(const ListOptions& options, const HeapCatalog& catalog) {
    std::vector<Usage> usages;
    std::ranges::transform(catalog.heaps(), std::back_inserter(usages), usage_of);
    if (options.scope.json) {
        std::cout << as_json(catalog, usages).dump(2) << '\n';
        return exit_done;
    }
    std::cout << properties(usages) << '\n' << figures(usages);
    if (options.evidence) {
        for (const Usage& usage : usages)
            std::cout << evidence(usage);
    }
    return exit_done;
}

} // namespace

void add_list(CLI::App& app, Action& action) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App* const verb =
        app.add_subcommand("list", "List the heaps, what is known of them, and how full they are");
    add_blob(*verb, options->scope, add_scope(*verb, options->scope));
    verb->add_flag("--evidence", options->evidence, "Say where each property was learned");
    verb->callback([options, &action] {
        action = [options] {
            if (options->scope.blob)
                return list_plan(options->scope, options->evidence);
            return with_catalog(options->scope, [&](const HeapCatalog& catalog) {
                return list(*options, catalog);
            });
        };
    });
}

} // namespace heapsel::tools
