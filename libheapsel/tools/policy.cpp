// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/policy_file.hpp>
#include <heapsel/policy_sources.hpp>
#include <heapsel/policy_target.hpp>
#include <heapsel/printable.hpp>

#include "policies/policy_reading.hpp"
#include "policy_text.hpp"
#include "shared_options.hpp"

namespace heapsel::tools {
namespace {

using Faults = std::vector<PolicyFault>;

struct PolicyShowOptions {
    Scope scope;
    std::optional<std::string> device;
};

struct CheckOptions {
    Scope scope;
    std::vector<std::string> files; ///< None: all that count on the machine.
};

bool is_spoken_of(const PolicyLayers& layers, const std::string& device) {
    return std::ranges::any_of(layers.files, [&](const PolicyFile& file) {
        return std::ranges::contains(file.sections, device, &PolicySection::device);
    });
}

/// A device of the machine, or one that a policy names and the machine need not have.
Result<PolicyTarget> target_called(const PolicyShowOptions& options, const PolicyLayers& layers) {
    auto target = parse_policy_target(*options.device, options.scope.root);
    if (target || target.error().code != ENODEV)
        return target;
    PolicyTarget elsewhere = policy_target_of_driver(*options.device);
    if (is_spoken_of(layers, elsewhere.driver))
        return elsewhere;
    return target;
}

void print(const PolicyShowOptions& options, const PolicyLayers& layers, const Policy& policy) {
    if (!options.scope.json) {
        std::cout << policy_table(policy);
        return;
    }
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const PolicyFile& file : layers.files)
        files.push_back(printable(file.name));
    nlohmann::ordered_json answer{{"device", nullptr}, {"policy", to_json(policy)}};
    if (options.device)
        answer["device"] = printable(*options.device);
    answer["files"] = std::move(files);
    std::cout << answer.dump(2) << '\n';
}

int show(const PolicyShowOptions& options) {
    const auto layers = layers_of({}, options.scope);
    if (!layers)
        return exit_failure;
    std::vector<PolicyTarget> targets;
    if (options.device) {
        auto target = target_called(options, *layers);
        if (!target)
            return fail_of_word(target.error());
        targets.push_back(*std::move(target));
    }
    print(options, *layers, layers->policy_for(targets));
    return exit_done;
}

/// What is wrong with the files, or with all that count where there are none.
Faults faults_in(const CheckOptions& options) {
    if (options.files.empty())
        return read_policies(PolicySources::of_process(options.scope.root)).faults;
    Faults faults;
    for (const std::string& file : options.files)
        std::ranges::move(read_policy_file(file).faults, std::back_inserter(faults));
    return faults;
}

int check(const CheckOptions& options) {
    const Faults faults = faults_in(options);
    if (options.scope.json)
        std::cout << nlohmann::ordered_json{{"errors", to_json(faults)}}.dump(2) << '\n';
    else
        std::cout << fault_lines(faults);
    return faults.empty() ? exit_done : exit_failure;
}

void add_policy_show(CLI::App& verb, Action& action) {
    const auto options = std::make_shared<PolicyShowOptions>();
    CLI::App* const show_verb =
        verb.add_subcommand("show", "Print what holds, and where each setting comes from");
    add_scope(*show_verb, options->scope);
    show_verb->add_option("DEVICE", options->device,
                          "For this device: /dev/videoN, with :capture, :output, :reference or "
                          ":metadata behind it for one of its memories; /dev/dri/cardN; or a name "
                          "that a policy has for one");
    show_verb->callback([options, &action] { action = [options] { return show(*options); }; });
}

void add_policy_check(CLI::App& verb, Action& action) {
    const auto options = std::make_shared<CheckOptions>();
    CLI::App* const check_verb =
        verb.add_subcommand("check", "Say what is wrong with policy files");
    CLI::Option* const root = add_scope(*check_verb, options->scope);
    check_verb
        ->add_option("FILE", options->files, "These; without one, all that count on this machine")
        ->excludes(root);
    check_verb->callback([options, &action] { action = [options] { return check(*options); }; });
}

} // namespace

void add_policy(CLI::App& app, Action& action) {
    CLI::App* const verb =
        app.add_subcommand("policy", "Show or check what is asked for in files and environment");
    verb->require_subcommand(1);
    add_policy_show(*verb, action);
    add_policy_check(*verb, action);
}

} // namespace heapsel::tools
