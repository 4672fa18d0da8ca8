// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <utility>

#include <heapsel/trait.hpp>

#include "commands.hpp"

namespace heapsel::tools {
namespace {

Result<Policy> policy_of(const Options& options) {
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

int run(int argc, const char* const* argv) {
    const auto options = parse_options(argc, argv);
    if (!options)
        return options.error();
    const auto policy = policy_of(*options);
    if (!policy)
        return fail(policy.error(), exit_usage);
    if (options->verb == Verb::devices)
        return devices(*options);
    if (options->verb == Verb::bind)
        return bind(*options);
    const auto catalog = HeapCatalog::scan(options->root);
    if (!catalog)
        return fail(catalog.error());
    for (const std::string& warning : catalog->warnings())
        std::cerr << "heapsel: warning: " << warning << '\n';
    switch (options->verb) {
    case Verb::list:
        return list(*options, *catalog);
    case Verb::explain:
        return explain(*options, *catalog, *policy);
    case Verb::alloc:
        return alloc(*options, *catalog, *policy);
    case Verb::devices:
    case Verb::bind:
        break;
    }
    std::unreachable();
}

} // namespace

int fail(const Error& error, int status) {
    std::cerr << "heapsel: " << error.message() << '\n';
    return status;
}

} // namespace heapsel::tools

int main(int argc, char** argv) {
    const int status = heapsel::tools::run(argc, argv);
    std::cout.flush();
    if (!std::cout) {
        std::cerr << "heapsel: cannot write to standard output\n";
        return heapsel::tools::exit_failure;
    }
    return status;
}
