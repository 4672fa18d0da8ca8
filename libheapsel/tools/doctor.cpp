// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <format>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "bandwidth/pmu/memory_counter.hpp"
#include "heaps/machine.hpp"
#include "inspect/doctor/counter_checks.hpp"
#include "inspect/doctor/diagnosis.hpp"

#include <heapsel/printable.hpp>

#include <nlohmann/json.hpp>

#include "shared_options.hpp"
#include "table.hpp"
#include "unknown_variables.hpp"

namespace heapsel::tools {
namespace {

struct DoctorOptions {
    Scope scope;
    PolicyOptions policy;
    std::uint64_t count = 1;
    Ask ask = Ask::drivers;
};

nlohmann::ordered_json as_json(std::span<const Check> checks) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Check& check : checks)
        list.push_back({{"subject", check.subject},
                        {"condition", to_string(check.condition)},
                        {"finding", check.finding},
                        {"hint", check.hint},
                        {"commands", check.commands}});
    return {{"checks", std::move(list)}};
}

/// A finding behind its condition and subject, what to do below it, and commands on lines of their
/// own, as they are to be pasted.
std::string text_of(const Check& check) {
    constexpr std::size_t indent = 22;
    constexpr std::size_t width = 100;
    std::string text = wrapped(check.finding, indent, width);
    text.replace(0, indent, std::format("{:7}  {:13}", to_string(check.condition), check.subject));
    text += wrapped(check.hint, indent, width);
    for (const std::string& command : check.commands)
        text += std::string(indent + 2, ' ') + command + '\n';
    return text;
}

Check passed_over(const Error& error) {
    return {.subject = "policy",
            .condition = Condition::problem,
            .finding = std::format("{} is wrong, and passed over.", printable(error.subject)),
            .hint = error.hint,
            .commands = {}};
}

Check unknown_to_heapsel(const UnknownVariable& variable) {
    return {.subject = "policy",
            .condition = Condition::problem,
            .finding = std::format("{} is set in the environment, and no variable of heapsel's.",
                                   printable(variable.name)),
            .hint = std::format("Did you mean {}?", variable.nearest),
            .commands = {}};
}

CounterFacts counter_facts(const std::filesystem::path& root) {
    CounterFacts facts{
        .counters = {}, .unreadable = {}, .permission = {}, .clocks = read_memory_clocks(root)};
    if (is_live(root))
        facts.permission = read_perf_permission(root);
    const auto counters = bandwidth::find_memory_counters(root);
    if (!counters)
        facts.unreadable = counters.error();
    else
        std::ranges::transform(*counters, std::back_inserter(facts.counters),
                               &bandwidth::MemoryCounter::name);
    return facts;
}

int doctor(const DoctorOptions& options, const PolicyLayers& layers, Policy policy) {
    auto checks = diagnose({.policy = std::move(policy),
                            .count = options.count,
                            .consumers = asked_for(options.policy)},
                           options.scope.root, options.ask);
    if (!checks)
        return fail(checks.error());
    if (options.ask == Ask::sysfs_alone)
        checks->push_back({.subject = "device",
                           .condition = Condition::unknown,
                           .finding =
                               "Of what devices can use, only the bindings in sysfs are known: "
                               "drivers were not asked (--no-devices).",
                           .hint = {},
                           .commands = {}});
    std::ranges::move(counter_checks(counter_facts(options.scope.root)),
                      std::back_inserter(*checks));
    std::ranges::transform(layers.warnings, std::back_inserter(*checks), passed_over);
    if (!options.policy.no_files)
        std::ranges::transform(unknown_variables(environ), std::back_inserter(*checks),
                               unknown_to_heapsel);
    if (options.scope.json) {
        std::cout << as_json(*checks).dump(2) << '\n';
    } else {
        for (const Check& check : *checks)
            std::cout << text_of(check);
    }
    return std::ranges::contains(*checks, Condition::problem, &Check::condition) ? exit_failure
                                                                                 : exit_done;
}

/// None where something is wrong with them, which is a finding of its own.
PolicyLayers layers_that_hold(const DoctorOptions& options) {
    if (options.policy.no_files)
        return {};
    return load_policy(PolicySources::of_process(options.scope.root)).value_or(PolicyLayers{});
}

} // namespace

void add_doctor(CLI::App& app, Action& action) {
    const auto options = std::make_shared<DoctorOptions>();
    CLI::App* const verb =
        app.add_subcommand("doctor", "Find what keeps you from allocating, and what to do");
    add_scope(*verb, options->scope);
    add_no_devices(*verb, options->ask);
    add_policy(*verb, options->policy);
    add_size(*verb, options->policy.size, "--size",
             "The largest buffer that is needed: bytes, or with K, M or G");
    verb->add_option("--count", options->count, "How many of them at a time")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->callback([options, &action] {
        action = [options] {
            const auto call = settings_of(options->policy);
            if (!call)
                return fail(call.error(), exit_usage);
            const auto layers = layers_that_hold(*options);
            return doctor(*options, layers, layers.policy_for({}, *call));
        };
    });
}

} // namespace heapsel::tools
