// SPDX-License-Identifier: LGPL-2.1-or-later
#include "shared_options.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <iostream>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>
#include <heapsel/trait.hpp>

#include "base/messages.hpp"

namespace heapsel::tools {
namespace {

Result<HeapCatalog> catalog_of(const Scope& scope) {
    if (!scope.blob)
        return HeapCatalog::scan(scope.root);
    auto plan = plan_board(*scope.blob, scope.plan);
    if (!plan)
        return std::unexpected(std::move(plan.error()));
    return std::move(plan->catalog);
}

} // namespace

CLI::Option* add_scope(CLI::App& command, Scope& scope) {
    command.add_flag("--json", scope.json, "Print JSON");
    return command.add_option("--root", scope.root, "Read the recorded machine in this directory")
        ->check(CLI::ExistingDirectory);
}

void add_no_devices(CLI::App& command, Ask& ask) {
    const auto nobody = [&ask](std::int64_t /*times*/) { ask = Ask::sysfs_alone; };
    command.add_flag_function("--no-devices", nobody,
                              "Open no device, and leave unknown what only its driver says");
}

CLI::Option* add_blob(CLI::App& command, Scope& scope, CLI::Option* root) {
    CLI::Option* const blob =
        command.add_option("--dtb", scope.blob, "Plan for the board of this device-tree blob")
            ->excludes(root);
    add_word(command, scope.plan.kernel, all_kernel_generations, "--kernel",
             "Which it runs: series (the default), stock or before-6.17")
        ->needs(blob);
    command
        .add_option("--command-line", scope.plan.command_line,
                    "The kernel's, in place of the tree's bootargs")
        ->needs(blob);
    const auto read_pages = [&scope](const std::string& text) {
        constexpr std::array<std::uint64_t, 3> sizes{4096, 16384, 65536};
        const auto size = parse_size(text);
        if (!size || !std::ranges::contains(sizes, *size))
            throw CLI::ValidationError("--page-size",
                                       "\"" + printable(text) + "\" is none of 4K, 16K, 64K");
        scope.plan.page_size = *size;
    };
    command
        .add_option_function<std::string>("--page-size", read_pages,
                                          "The kernel's: 4K (the default), 16K or 64K")
        ->needs(blob);
    constexpr std::size_t most_areas = 1024;
    command
        .add_option("--cma-areas", scope.plan.cma_areas,
                    "The kernel's CONFIG_CMA_AREAS: 20 by default, with NUMA; 8 without")
        ->check(CLI::Range(std::size_t{1}, most_areas))
        ->needs(blob);
    return blob;
}

std::string planned_for(const PlanOptions& plan) {
    return std::format("Planned for {} (--kernel {}).", description(plan.kernel),
                       to_string(plan.kernel));
}

void add_policy(CLI::App& command, PolicyOptions& options) {
    const char* const words = "contiguous, cached, ecc, protected; non- before each, or uncached";
    command.add_option("--require", options.require,
                       std::string("What the memory must be, by commas: ") + words);
    command.add_option("--prefer", options.prefer,
                       "What it should be, the first outweighs the rest; the same words");
    command.add_option("--heap", options.heap, "This heap and no other, by name or alias");
    add_word(command, options.fallback, all_fallbacks, "--fallback",
             "What an exhausted heap passes requests on to: same-caching (the default), any, none");
    command.add_flag("--udmabuf,!--no-udmabuf", options.udmabuf,
                     "Where no heap serves, take system memory through /dev/udmabuf, or do not");
    command.add_flag("--no-policy", options.no_files,
                     "Leave out the policy files and the environment");
    constexpr unsigned most_bits = 64;
    command
        .add_option("--address-bits", options.address_bits,
                    "How many bits of address reach all of the memory: 32 is below 4 GiB")
        ->check(CLI::Range(1U, most_bits));
    add_size(command, options.alignment, "--align",
             "What the address of a buffer must be a multiple of: bytes, or with K, M or G");
}

CLI::Option* add_size(CLI::App& command, std::size_t& size, const std::string& name,
                      const std::string& description) {
    const auto read = [&size, name](const std::string& text) {
        const auto parsed = parse_size(text);
        if (!parsed || !std::in_range<std::size_t>(*parsed))
            throw CLI::ValidationError(name,
                                       "\"" + printable(text) +
                                           "\" is not a number above 0, bare or with K, M or G");
        size = static_cast<std::size_t>(*parsed);
    };
    return command.add_option_function<std::string>(name, read, description);
}

std::vector<Consumer> asked_for(const PolicyOptions& options) {
    if (!options.address_bits && options.alignment == 1)
        return {};
    return {
        Consumer::requirement("the command line", {.criteria = {},
                                                   .address_bits = options.address_bits,
                                                   .alignment = {.address = options.alignment}})};
}

Result<PolicySettings> settings_of(const PolicyOptions& options) {
    PolicySettings settings;
    const auto require = parse_criteria(options.require);
    if (!require)
        return std::unexpected(require.error());
    for (const Criterion& criterion : *require)
        settings.require.push_back({.value = criterion, .from = {}});
    if (options.prefer) {
        auto prefer = parse_criteria(*options.prefer);
        if (!prefer)
            return std::unexpected(std::move(prefer.error()));
        settings.prefer = {.value = *std::move(prefer), .from = {}};
    }
    if (options.heap)
        settings.heap = {.value = *options.heap, .from = {}};
    if (options.size > 0)
        settings.size = {.value = options.size, .from = {}};
    if (options.fallback)
        settings.fallback = {.value = *options.fallback, .from = {}};
    if (options.udmabuf)
        settings.udmabuf = {.value = *options.udmabuf, .from = {}};
    return settings;
}

std::optional<PolicyLayers> layers_of(const PolicyOptions& options, const Scope& scope) {
    if (options.no_files || scope.blob)
        return PolicyLayers{};
    auto layers = load_policy(PolicySources::of_process(scope.root));
    if (layers) {
        say_warnings(messages_of(layers->warnings));
        return *std::move(layers);
    }
    for (const Error& error : layers.error())
        fail(error);
    return std::nullopt;
}

void say_warnings(std::span<const std::string> warnings) {
    for (const std::string& warning : warnings)
        std::cerr << "heapsel: warning: " << warning << '\n';
}

int with_catalog(const Scope& scope, const std::function<int(const HeapCatalog&)>& use) {
    const auto catalog = catalog_of(scope);
    if (!catalog)
        return fail(catalog.error());
    say_warnings(catalog->warnings());
    return use(*catalog);
}

int with_policies(const Scope& scope, const PolicyOptions& options,
                  const std::function<int(const HeapCatalog&, const Policies&)>& use) {
    const auto call = settings_of(options);
    if (!call)
        return fail(call.error(), exit_usage);
    const auto layers = layers_of(options, scope);
    if (!layers)
        return exit_failure;
    const Policies policies{.layers = *layers, .call = *call};
    return with_catalog(scope, [&](const HeapCatalog& catalog) { return use(catalog, policies); });
}

} // namespace heapsel::tools
