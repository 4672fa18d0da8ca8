// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/policy_file.hpp>
#include <heapsel/policy_settings.hpp>
#include <heapsel/policy_target.hpp>

namespace heapsel {

/// The variables of an environment that speak of the policy, by name. Raw.
using PolicyEnvironment = std::map<std::string, std::string>;

/// Where the parts of a policy are looked for. A value.
struct HEAPSEL_EXPORT PolicySources {
    std::filesystem::path root = "/"; ///< Under which usr/lib/heapsel and etc/heapsel stand.
    std::filesystem::path user;       ///< The user's own directory of that kind; empty: none.
    PolicyEnvironment environment;    ///< Its variables.

    /// Those of this process. The user's directory is $XDG_CONFIG_HOME/heapsel, or
    /// $HOME/.config/heapsel; the machine of another `root` has no such user. In a program that has
    /// more rights than its caller (set-user-ID, capabilities; see secure_getenv(3)) neither the
    /// environment nor the user's directory counts. Not to be called while another thread changes
    /// the environment.
    [[nodiscard]] static PolicySources of_process(const std::filesystem::path& root = "/");
};

/// All that is asked for outside of a program. A value.
struct HEAPSEL_EXPORT PolicyLayers {
    std::vector<PolicyFile> files; ///< In the order in which they are put over one another.
    PolicySettings environment;    ///< What its variables ask for.
    /// What is wrong with files of which the rest counts, each with its file, line and column. To
    /// be shown to the user: what was meant there is not done.
    std::vector<Error> warnings;

    /// What holds for a buffer that all of `targets` share: the files in their order, over them the
    /// environment, over that `call`, which is what the program asks for itself. Requirements add
    /// up over all of them, so that an administrator's is never lifted by a user or by a program;
    /// of all else, the last one that speaks of it decides. Pure.
    [[nodiscard]] Policy policy_for(std::span<const PolicyTarget> targets,
                                    const PolicySettings& call = {}) const;
};

/// Reads the policy files, in this order: of the machine's vendor,
/// usr/lib/heapsel/policy.d/*.toml; of its administrator, etc/heapsel/policy.toml and
/// etc/heapsel/policy.d/*.toml; of the user, policy.toml and policy.d/*.toml. In each directory
/// they go by name, and names with a dot in front do not count. A vendor's file is not read where
/// the administrator has one with its name in policy.d; a link to /dev/null there is enough. So a
/// vendor's requirement can be lifted, and only so.
///
/// What is not there asks for nothing. A user's directory that this process may not look for is not
/// there. Of a file that has no requirement, a key that there is not and a value that is wrong are
/// passed over, with a warning for each.
///
/// All else that is wrong is an error, as it may be a requirement that is lost: a file or a
/// directory that cannot be read, a file that is no TOML, or has `require` in it, or what may be
/// that misspelt; a variable of the environment. Then all that is wrong is given: the errors of
/// `read_policy` and of `parse_policy_environment`, and the errno of opendir(3).
[[nodiscard]] HEAPSEL_EXPORT std::expected<PolicyLayers, std::vector<Error>>
load_policy(const PolicySources& sources = PolicySources::of_process());

/// Reads one policy file. Errors: those of `parse_policy`; the errno of open(2), read(2); EINVAL:
/// it is no regular file.
[[nodiscard]] HEAPSEL_EXPORT std::expected<PolicyFile, std::vector<Error>>
read_policy(const std::filesystem::path& file);

/// Reads HEAPSEL_REQUIRE and HEAPSEL_PREFER (words with commas between them, as of
/// `parse_criteria`), HEAPSEL_HEAP, HEAPSEL_SIZE (as of `parse_size`), HEAPSEL_FALLBACK and
/// HEAPSEL_UDMABUF (0 or 1). An empty one is as none. The origin of each is its name. Pure.
///
/// Each error is of EINVAL, with the variable as its subject. All are given.
[[nodiscard]] HEAPSEL_EXPORT std::expected<PolicySettings, std::vector<Error>>
parse_policy_environment(const PolicyEnvironment& environment);

} // namespace heapsel
