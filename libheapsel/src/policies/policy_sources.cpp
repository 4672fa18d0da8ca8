// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_sources.hpp>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include <sys/stat.h>

#include "io/file.hpp"
#include "io/toml_files.hpp"
#include "policies/policy_reading.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

using Errors = std::vector<Error>;
using Faults = std::vector<PolicyFault>;
using Paths = std::vector<fs::path>;

/// The files of a directory policy.d, sorted; none where there is no such directory.
Paths files_in(const fs::path& directory, Faults& faults) {
    auto files = toml_files(directory);
    if (files)
        return *std::move(files);
    faults.push_back({.error = {.code = files.error().code,
                                .operation = "list the policies",
                                .subject = directory.native(),
                                .hint = {}},
                      .stops = true});
    return {};
}

/// A link that leads nowhere is there. (With less to load and to do than std::filesystem's, in the
/// start of each program.)
bool is_missing(const fs::path& file) {
    struct stat status{};
    return ::lstat(file.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/// policy.toml, and what policy.d has.
Paths files_of(const fs::path& directory, Faults& faults) {
    Paths files;
    const fs::path file = directory / "policy.toml";
    if (!is_missing(file))
        files.push_back(file);
    std::ranges::move(files_in(directory / "policy.d", faults), std::back_inserter(files));
    return files;
}

/// Programs run in the name of users whose home they may not look into.
bool may_be_looked_for(const fs::path& directory) {
    struct stat status{};
    return ::lstat(directory.c_str(), &status) == 0;
}

Paths all_files(const PolicySources& sources, Faults& faults) {
    Paths files = files_in(sources.root / "usr/lib/heapsel/policy.d", faults);
    const fs::path administrator = sources.root / "etc/heapsel";
    const Paths of_administrator = files_of(administrator, faults);
    std::erase_if(files, [&](const fs::path& file) {
        const fs::path mask = administrator / "policy.d" / file.filename();
        return std::ranges::contains(of_administrator, mask);
    });
    std::ranges::copy(of_administrator, std::back_inserter(files));
    if (!sources.user.empty() && may_be_looked_for(sources.user))
        std::ranges::move(files_of(sources.user, faults), std::back_inserter(files));
    return files;
}

} // namespace

Policy PolicyLayers::policy_for(std::span<const PolicyTarget> targets,
                                const PolicySettings& call) const {
    Policy policy;
    for (const PolicyFile& file : files)
        apply(file, targets, policy);
    apply(environment, policy);
    apply(call, policy);
    return policy;
}

PolicyReading read_policy_file(const fs::path& file) {
    auto text = read_file(file, max_policy_bytes);
    if (!text)
        return {.file = {}, .faults = {{.error = std::move(text.error()), .stops = true}}};
    return read_policy_text(*text, file.native());
}

PoliciesReading read_policies(const PolicySources& sources) {
    PoliciesReading reading;
    for (const fs::path& path : all_files(sources, reading.faults)) {
        if (is_masked(path))
            continue;
        auto [file, faults] = read_policy_file(path);
        reading.layers.files.push_back(std::move(file));
        std::ranges::move(faults, std::back_inserter(reading.faults));
    }
    auto environment = parse_policy_environment(sources.environment);
    if (environment)
        reading.layers.environment = *std::move(environment);
    for (Error& error : environment ? Errors() : std::move(environment.error()))
        reading.faults.push_back({.error = std::move(error), .stops = true});
    return reading;
}

std::expected<PolicyFile, Errors> read_policy(const fs::path& file) {
    auto reading = read_policy_file(file);
    if (!reading.faults.empty())
        return std::unexpected(errors_of(std::move(reading.faults)));
    return std::move(reading.file);
}

std::expected<PolicyLayers, Errors> load_policy(const PolicySources& sources) {
    auto [layers, faults] = read_policies(sources);
    const bool stops = std::ranges::any_of(faults, &PolicyFault::stops);
    auto errors = errors_of(std::move(faults));
    if (stops)
        return std::unexpected(std::move(errors));
    layers.warnings = std::move(errors);
    return std::move(layers);
}

} // namespace heapsel
