// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inspect/heap_name.hpp"
#include <heapsel/printable.hpp>

#include <nlohmann/json.hpp>

#include "shared_options.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

struct LintOptions {
    Scope scope;
    std::vector<std::string> names; ///< None: those of the machine's heaps.
};

struct LintedName {
    std::string name;
    std::vector<NameFinding> findings;
};

nlohmann::ordered_json as_json(std::span<const LintedName> linted) {
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (const auto& [name, findings] : linted) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const NameFinding& finding : findings)
            list.push_back({{"rule", to_string(finding.rule)},
                            {"sentence", sentence(finding.rule)},
                            {"problem", finding.problem},
                            {"suggestion", finding.suggestion}});
        names.push_back({{"name", printable(name)}, {"findings", std::move(list)}});
    }
    return {{"names", std::move(names)}};
}

std::string text_of(const LintedName& linted) {
    constexpr std::size_t indent = 4;
    constexpr std::size_t width = 100;
    const std::string name = printable(linted.name);
    if (linted.findings.empty())
        return std::format("{}: ok\n", name);
    std::string text;
    for (const auto& [rule, problem, suggestion] : linted.findings)
        text +=
            std::format("{}: {}: {}\n{}", name, to_string(rule), problem,
                        wrapped(std::format("{} {}", sentence(rule), suggestion), indent, width));
    return text;
}

int report(const Scope& scope, std::span<const LintedName> linted) {
    if (scope.json) {
        std::cout << as_json(linted).dump(2) << '\n';
    } else {
        for (const LintedName& name : linted)
            std::cout << text_of(name);
    }
    const bool clean =
        std::ranges::all_of(linted, [](const LintedName& name) { return name.findings.empty(); });
    return clean ? exit_done : exit_failure;
}

/// Main names alone: programs are to use those, and the others are older kernels' or udev's.
int lint_machine(const LintOptions& options) {
    return with_catalog(options.scope, [&](const HeapCatalog& catalog) {
        std::vector<LintedName> linted;
        for (const Heap& heap : catalog.heaps())
            linted.push_back({.name = heap.name, .findings = lint_heap(heap)});
        return report(options.scope, linted);
    });
}

int lint(const LintOptions& options) {
    if (options.names.empty())
        return lint_machine(options);
    std::vector<LintedName> linted;
    for (const std::string& name : options.names)
        linted.push_back({.name = name, .findings = lint_heap_name(name)});
    return report(options.scope, linted);
}

} // namespace

void add_lint(CLI::App& app, Action& action) {
    const auto options = std::make_shared<LintOptions>();
    CLI::App* const verb =
        app.add_subcommand("lint", "Check names of heaps against the kernel's rules");
    add_scope(*verb, options->scope);
    verb->add_option("NAME", options->names,
                     "Names, of heaps that need not exist; without, those of this machine's heaps");
    verb->callback([options, &action] { action = [options] { return lint(*options); }; });
}

} // namespace heapsel::tools
