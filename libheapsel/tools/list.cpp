// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>
#include <format>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "evidence.hpp"
#include "heap_table.hpp"
#include "json.hpp"
#include "region_table.hpp"
#include "shared_options.hpp"
#include "table.hpp"
#include "usage.hpp"

namespace heapsel::tools {
namespace {

struct ListOptions {
    Scope scope;
    HeapColumns columns = default_columns();
    HeapTableStyle style;
    bool evidence = false;
    bool for_programs = false; ///< One table, as its columns or headings were asked for.
};

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

std::vector<Usage> usages_of(const HeapCatalog& catalog) {
    std::vector<Usage> usages;
    std::ranges::transform(catalog.heaps(), std::back_inserter(usages), usage_of);
    return usages;
}

std::string heap_table(const ListOptions& options, std::span<const Usage> usages) {
    return table(heap_rows(usages, options.columns, options.style));
}

void print_evidence(const ListOptions& options, std::span<const Usage> usages) {
    for (const Usage& usage : options.evidence ? usages : std::span<const Usage>())
        std::cout << evidence(usage);
}

int list_plan(const ListOptions& options) {
    const Scope& scope = options.scope;
    const auto plan = plan_board(*scope.blob, scope.plan);
    if (!plan)
        return fail(plan.error());
    say_warnings(plan->catalog.warnings());
    const auto usages = usages_of(plan->catalog);
    if (scope.json) {
        auto answer = as_json(plan->catalog, usages);
        answer["kernel"] = to_string(scope.plan.kernel);
        answer["regions"] = nlohmann::ordered_json::array();
        for (const PlannedRegion& region : plan->regions)
            answer["regions"].push_back(to_json(region));
        std::cout << answer.dump(2) << '\n';
        return exit_done;
    }
    std::cout << heap_table(options, usages);
    if (!options.for_programs && !plan->regions.empty())
        std::cout << '\n' << region_table(plan->regions, options.style.bytes);
    print_evidence(options, usages);
    if (!options.for_programs)
        std::cout << '\n' << planned_for(scope.plan) << '\n';
    return exit_done;
}

int list(const ListOptions& options, const HeapCatalog& catalog) {
    const auto usages = usages_of(catalog);
    if (options.scope.json) {
        std::cout << as_json(catalog, usages).dump(2) << '\n';
        return exit_done;
    }
    std::cout << heap_table(options, usages);
    print_evidence(options, usages);
    return exit_done;
}

/// What of the table can be asked for; JSON has all of it.
void add_table_options(CLI::App& verb, ListOptions& options) {
    CLI::Option* const json = verb.get_option("--json");
    const auto read = [&options](const std::string& text) {
        auto columns = parse_columns(text);
        if (!columns)
            throw CLI::ValidationError("--columns", "\"" + printable(columns.error().subject) +
                                                        "\" is no column. " + columns.error().hint);
        options.columns = *std::move(columns);
        options.for_programs = true;
    };
    verb.add_option_function<std::string>("-o,--columns", read,
                                          "These columns, by commas, or +COLUMN,... for more: " +
                                              joined(column_names(), ", "))
        ->excludes(json);
    const auto bare = [&options](std::int64_t /*times*/) {
        options.style.headings = false;
        options.for_programs = true;
    };
    const auto exact = [&options](std::int64_t /*times*/) { options.style.bytes = Bytes::exact; };
    verb.add_flag_function("-n,--noheadings", bare, "Leave out the headings")->excludes(json);
    verb.add_flag_function("-b,--bytes", exact, "Print sizes in bytes")->excludes(json);
    verb.add_flag("-v,--evidence", options.evidence,
                  "Say below where each property was learned, and why what is - is not known");
}

} // namespace

void add_list(CLI::App& app, Action& action) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App* const verb =
        app.add_subcommand("list", "List the heaps, what is known of them, and how full they are");
    add_blob(*verb, options->scope, add_scope(*verb, options->scope));
    add_table_options(*verb, *options);
    verb->callback([options, &action] {
        action = [options] {
            if (options->scope.blob)
                return list_plan(*options);
            return with_catalog(options->scope, [&](const HeapCatalog& catalog) {
                return list(*options, catalog);
            });
        };
    });
}

} // namespace heapsel::tools
