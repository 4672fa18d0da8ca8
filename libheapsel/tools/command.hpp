// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

namespace CLI {
class App;
} // namespace CLI

namespace heapsel::tools {

inline constexpr int exit_done = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;

/// What the command line asks for, once it has been read. Prints its answer to standard output and
/// gives the exit status; what went wrong has been said on standard error by then.
using Action = std::function<int()>;

/// Each adds one verb to the command line; where the line has that verb, `action` is set to it.
void add_list(CLI::App& app, Action& action);
void add_show(CLI::App& app, Action& action);
void add_devices(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_alloc(CLI::App& app, Action& action);
void add_bind(CLI::App& app, Action& action);
void add_policy(CLI::App& app, Action& action);
void add_lint(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_watch(CLI::App& app, Action& action);
/// `command` is what stands behind the first "--", word for word.
void add_bandwidth(CLI::App& app, Action& action, const std::vector<std::string>& command);

/// Says "heapsel: MESSAGE" on standard error, and gives `status` back.
int fail(const Error& error, int status = exit_failure);

/// The same of what a word on the command line names: a device that does not have that memory or
/// plane (EINVAL) is wrong usage, and one that is not there is a failure.
int fail_of_word(const Error& error);

} // namespace heapsel::tools
