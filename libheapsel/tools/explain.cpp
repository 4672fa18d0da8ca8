// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/parsed_consumer.hpp>
#include <heapsel/permission_hint.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/select.hpp>

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
    bool quiet = false;     ///< The chosen heap's name alone.
};

/// "required by /etc/heapsel/policy.toml:2"; where that is not so, "non-ecc is preferred".
std::string wish_of(const Finding& finding) {
    if (finding.wish.empty())
        return {};
    const bool several = finding.wish.ends_with(" bytes") || finding.wish.ends_with(" bits");
    std::string text = finding.met ? "" : finding.wish + (several ? " are " : " is ");
    text += to_string(finding.weight);
    if (!finding.wanted_by.empty())
        text += " by " + finding.wanted_by;
    return text;
}

std::string evidence_of(const Finding& finding) {
    if (finding.from.source == Source::none)
        return finding.from.evidence;
    return std::format("{}: {}", to_string(finding.from.source), finding.from.evidence);
}

/// A line for each finding, of a heap that is out those that keep it out: what was looked at, what
/// it is, whether that is as wished, and where it was learned.
std::string explained(const Judgement& judgement) {
    constexpr std::size_t indent = 4;
    constexpr std::size_t width = 100;
    const bool out =
        judgement.verdict == Verdict::unsuitable || judgement.verdict == Verdict::unusable;
    std::vector<std::vector<std::string>> rows;
    for (const Finding& finding : judgement.findings) {
        if (!out || finding.keeps_out())
            rows.push_back(
                {finding.subject, finding.value, wish_of(finding), evidence_of(finding)});
    }
    if (rows.empty())
        return wrapped(judgement.reason, indent, width);
    std::string text = wrapped_table(rows, indent, width);
    if (judgement.verdict == Verdict::unusable)
        text += wrapped(permission_hint(judgement.heap), indent, width);
    return text;
}

void print(const Selection& selection) {
    for (const Judgement& judgement : selection.judgements())
        std::cout << std::format("{}: {}\n{}", printable(judgement.heap.name),
                                 to_string(judgement.verdict), explained(judgement));
}

/// The first heap that is out for nothing but what nobody says of it; null where there is none.
const Heap* undescribed(const Selection& selection) {
    const auto is_undescribed = [](const Judgement& judgement) {
        return judgement.verdict == Verdict::unsuitable &&
               std::ranges::any_of(judgement.findings, &Finding::keeps_out) &&
               std::ranges::all_of(judgement.findings, [](const Finding& finding) {
                   return !finding.keeps_out() || finding.value == to_string(Answer::unknown);
               });
    };
    const auto judgements = selection.judgements();
    const auto found = std::ranges::find_if(judgements, is_undescribed);
    return found == judgements.end() ? nullptr : &found->heap;
}

/// Without the reasons, which standard output has.
int fail_without_candidate(Error error, const Selection& selection) {
    error.subject.clear();
    error.hint = "No heap serves: standard output says of each why.";
    if (const Heap* const heap = undescribed(selection); heap != nullptr)
        error.hint += std::format(
            " What {0} lacks, nobody says of it: where its driver serves, require less and take it "
            "with --heap {0}, or describe it in a file of facts (FACTS in the manual).",
            printable(heap->name));
    return fail(error);
}

int explain(const ExplainOptions& options, const HeapCatalog& catalog, const Policies& policies) {
    const auto heaps = options.try_heaps ? catalog.heaps() : std::span<const Heap>();
    const auto named = parse_consumers(options.devices, options.scope.root, heaps);
    if (!named)
        return fail_of_word(named.error());
    auto consumers = asked_for(options.policy);
    std::vector<PolicyTarget> targets;
    for (const ParsedConsumer& one : *named) {
        consumers.push_back(one.consumer);
        targets.push_back(one.target);
    }
    auto selection = select(catalog, consumers, policies.of(targets));
    if (!selection)
        return fail(selection.error());
    if (options.scope.json) {
        auto answer = to_json(*selection);
        answer["consumers"] = nlohmann::ordered_json::array();
        for (const ParsedConsumer& consumer : *named)
            answer["consumers"].push_back(to_json(consumer));
        answer["warnings"] = catalog.warnings();
        std::cout << answer.dump(2) << '\n';
    } else if (!options.quiet) {
        print(*selection);
        if (options.scope.blob)
            std::cout << '\n' << planned_for(options.scope.plan) << '\n';
    } else if (selection->heap() != nullptr) {
        std::cout << printable(selection->heap()->name) << '\n';
    }
    if (auto required = require_candidate(*selection); !required)
        return options.quiet ? fail(required.error())
                             : fail_without_candidate(std::move(required.error()), *selection);
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
    verb->add_flag("-q,--quiet", options->quiet, "Print the name of the chosen heap alone");
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
