// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <heapsel/error.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/policy.hpp>

#include "command.hpp"

namespace heapsel::tools {

/// Which machine is looked at, and who reads the answer.
struct Scope {
    std::filesystem::path root = "/";
    bool json = false;
};

/// Adds --json, and --root, which it gives back.
CLI::Option* add_scope(CLI::App& command, Scope& scope);

/// What the memory must be, as it was written.
struct PolicyOptions {
    std::string require;
    std::string prefer;
    std::optional<std::string> heap;
    std::size_t size = 0; ///< In bytes; 0: not given.
};

/// Adds --require, --prefer and --heap.
void add_policy(CLI::App& command, PolicyOptions& options);

/// Adds an option, or an argument, that is a number of bytes.
CLI::Option* add_size(CLI::App& command, std::size_t& size, const std::string& name,
                      const std::string& description);

/// EINVAL: a word that is no criterion.
[[nodiscard]] Result<Policy> policy_of(const PolicyOptions& options);

/// Scans the machine, says the catalog's warnings on standard error, and gives the exit status of
/// `use`, or of the failure.
[[nodiscard]] int with_catalog(const Scope& scope,
                               const std::function<int(const HeapCatalog&)>& use);

} // namespace heapsel::tools
