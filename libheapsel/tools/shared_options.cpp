// SPDX-License-Identifier: LGPL-2.1-or-later
#include "shared_options.hpp"

#include <iostream>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/trait.hpp>

#include "size.hpp"

namespace heapsel::tools {

CLI::Option* add_scope(CLI::App& command, Scope& scope) {
    command.add_flag("--json", scope.json, "Print JSON");
    return command.add_option("--root", scope.root, "Read the recorded machine in this folder")
        ->check(CLI::ExistingDirectory);
}

void add_policy(CLI::App& command, PolicyOptions& options) {
    const char* const words = "contiguous, cached, ecc, protected; non- before each, or uncached";
    command.add_option("--require", options.require,
                       std::string("What the memory must be, by commas: ") + words);
    command.add_option("--prefer", options.prefer,
                       "What it should be, the first outweighs the rest; the same words");
    command.add_option("--heap", options.heap, "This heap and no other, by name or alias");
}

CLI::Option* add_size(CLI::App& command, std::size_t& size, const std::string& name,
                      const std::string& description) {
    const auto read = [&size, name](const std::string& text) {
        const auto parsed = parse_size(text);
        if (!parsed)
            throw CLI::ValidationError(name,
                                       "\"" + printable(text) +
                                           "\" is not a number above 0, bare or with K, M or G");
        size = *parsed;
    };
    return command.add_option_function<std::string>(name, read, description);
}

Result<Policy> policy_of(const PolicyOptions& options) {
    auto require = parse_criteria(options.require);
    if (!require)
        return std::unexpected(std::move(require.error()));
    auto prefer = parse_criteria(options.prefer);
    if (!prefer)
        return std::unexpected(std::move(prefer.error()));
    return Policy{.require = *std::move(require),
                  .prefer = *std::move(prefer),
                  .heap = options.heap,
                  .size = options.size};
}

int with_catalog(const Scope& scope, const std::function<int(const HeapCatalog&)>& use) {
    const auto catalog = HeapCatalog::scan(scope.root);
    if (!catalog)
        return fail(catalog.error());
    for (const std::string& warning : catalog->warnings())
        std::cerr << "heapsel: warning: " << warning << '\n';
    return use(*catalog);
}

} // namespace heapsel::tools
