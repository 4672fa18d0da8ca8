// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/joined.hpp"
#include "base/words.hpp"
#include "inspect/board_plan.hpp"
#include <heapsel/consumer.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/error.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/policy_settings.hpp>
#include <heapsel/policy_sources.hpp>
#include <heapsel/printable.hpp>

#include "command.hpp"

namespace heapsel::tools {

/// Which machine is looked at, and who reads the answer.
struct Scope {
    std::filesystem::path root = "/";
    std::optional<std::filesystem::path> blob; ///< A device tree, and no machine at all.
    PlanOptions plan;                          ///< What is planned from it.
    bool json = false;
};

/// Adds --json, and --root, which it gives back.
CLI::Option* add_scope(CLI::App& command, Scope& scope);

/// Adds --no-devices.
void add_no_devices(CLI::App& command, Ask& ask);

/// Adds --dtb, which it gives back, and what belongs to it. `root` is what `add_scope` gave.
CLI::Option* add_blob(CLI::App& command, Scope& scope, CLI::Option* root);

/// "Planned for ...": which kernel the heaps of a plan are those of.
[[nodiscard]] std::string planned_for(const PlanOptions& plan);

/// What the memory must be, as it was written.
struct PolicyOptions {
    std::string require;
    std::optional<std::string> prefer;
    std::optional<std::string> heap;
    std::size_t size = 0; ///< In bytes; 0: not given.
    std::optional<Fallback> fallback;
    std::optional<bool> udmabuf; ///< Allowed or not, whatever the policies say.
    std::optional<unsigned> address_bits;
    std::size_t alignment = 1; ///< Of the address, in bytes.
    bool no_files = false;     ///< Of all that is asked for outside of the command line.
};

/// Adds --require, --prefer, --heap, --fallback, --udmabuf, --address-bits, --align, --no-policy.
void add_policy(CLI::App& command, PolicyOptions& options);

/// Adds an option, or an argument, that is one of the words of `all`.
template <typename Target, typename Enum, std::size_t count>
CLI::Option* add_word(CLI::App& command, Target& target, const std::array<Enum, count>& all,
                      const std::string& name, const std::string& description) {
    const auto read = [&target, &all, name](const std::string& text) {
        const auto value = value_called(all, text);
        if (!value)
            throw CLI::ValidationError(name, "\"" + printable(text) + "\" is none of " +
                                                 joined(words_of(all), ", "));
        target = *value;
    };
    return command.add_option_function<std::string>(name, read, description);
}

/// Adds an option, or an argument, that is a number of bytes.
CLI::Option* add_size(CLI::App& command, std::size_t& size, const std::string& name,
                      const std::string& description);

/// What --address-bits and --align ask for, as a consumer of that name; none if they are not given.
[[nodiscard]] std::vector<Consumer> asked_for(const PolicyOptions& options);

/// What the rest of the command line asks for. EINVAL: a word that is no criterion.
[[nodiscard]] Result<PolicySettings> settings_of(const PolicyOptions& options);

/// What the machine's policies ask for, or nothing where `options` says so, or where the machine is
/// a plan. Absent where they stop every program. What is wrong with them has been said on standard
/// error.
[[nodiscard]] std::optional<PolicyLayers> layers_of(const PolicyOptions& options,
                                                    const Scope& scope);

/// Says the warnings on standard error.
void say_warnings(std::span<const std::string> warnings);

/// Scans the machine, or plans from the device tree, says the catalog's warnings on standard error,
/// and gives the exit status of `use`, or of the failure.
[[nodiscard]] int with_catalog(const Scope& scope,
                               const std::function<int(const HeapCatalog&)>& use);

/// What the command line and the machine's policies ask for.
struct Policies {
    PolicyLayers layers;
    PolicySettings call;

    [[nodiscard]] Policy of(std::span<const PolicyTarget> targets) const {
        return layers.policy_for(targets, call);
    }
};

/// As `with_catalog`, with the policies, which are read first.
[[nodiscard]] int with_policies(const Scope& scope, const PolicyOptions& options,
                                const std::function<int(const HeapCatalog&, const Policies&)>& use);

} // namespace heapsel::tools
