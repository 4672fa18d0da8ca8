// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_sources.hpp>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "io/file.hpp"
#include "io/toml_files.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

using Errors = std::vector<Error>;
using Paths = std::vector<fs::path>;

/// The files of a directory policy.d, sorted; none where there is no such directory.
Paths files_in(const fs::path& directory, Errors& errors) {
    auto files = toml_files(directory);
    if (files)
        return *std::move(files);
    errors.push_back({.code = files.error().code,
                      .operation = "list the policies",
                      .subject = directory.native(),
                      .hint = {}});
    return {};
}

/// policy.toml, and what policy.d has.
Paths files_of(const fs::path& directory, Errors& errors) {
    Paths files;
    std::error_code failure;
    const fs::path file = directory / "policy.toml";
    if (fs::symlink_status(file, failure).type() != fs::file_type::not_found)
        files.push_back(file);
    std::ranges::move(files_in(directory / "policy.d", errors), std::back_inserter(files));
    return files;
}

/// Programs run in the name of users whose home they may not look into.
bool may_be_looked_for(const fs::path& directory) {
    std::error_code failure;
    return fs::exists(fs::symlink_status(directory, failure));
}

Paths all_files(const PolicySources& sources, Errors& errors) {
    Paths files = files_in(sources.root / "usr/lib/heapsel/policy.d", errors);
    const fs::path administrator = sources.root / "etc/heapsel";
    const Paths of_administrator = files_of(administrator, errors);
    std::erase_if(files, [&](const fs::path& file) {
        const fs::path mask = administrator / "policy.d" / file.filename();
        return std::ranges::contains(of_administrator, mask);
    });
    std::ranges::copy(of_administrator, std::back_inserter(files));
    if (!sources.user.empty() && may_be_looked_for(sources.user))
        std::ranges::move(files_of(sources.user, errors), std::back_inserter(files));
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

std::expected<PolicyFile, Errors> read_policy(const fs::path& file) {
    const auto text = read_file(file, max_policy_bytes);
    if (!text)
        return std::unexpected(Errors{text.error()});
    return parse_policy(*text, file.native());
}

std::expected<PolicyLayers, Errors> load_policy(const PolicySources& sources) {
    PolicyLayers layers;
    Errors errors;
    for (const fs::path& path : all_files(sources, errors)) {
        if (is_masked(path))
            continue;
        if (auto file = read_policy(path))
            layers.files.push_back(*std::move(file));
        else
            std::ranges::move(file.error(), std::back_inserter(errors));
    }
    if (auto environment = parse_policy_environment(sources.environment))
        layers.environment = *std::move(environment);
    else
        std::ranges::move(environment.error(), std::back_inserter(errors));
    if (!errors.empty())
        return std::unexpected(std::move(errors));
    return layers;
}

} // namespace heapsel
