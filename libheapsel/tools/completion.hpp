// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace heapsel::tools {

/// What stands in the place of a value, by the name of the option or the argument that takes it:
/// "--heap" or "HEAP" -> the names of the heaps.
using ValueSource = std::function<std::vector<std::string>(std::string_view taker)>;

/// How the last of `words`, which stand behind the command's name, could go on: whole words. None
/// where nothing is known, as of a file's name. Everything but values comes from `app` itself. Pure
/// but for `values`.
[[nodiscard]] std::vector<std::string>
completions(const CLI::App& app, std::span<const std::string> words, const ValueSource& values);

/// What the shells' completion scripts ask the command for: `heapsel __complete WORD...`.
inline constexpr std::string_view completion_request = "__complete";

/// Prints the completions of `words` on this machine, or on the one that a --root among them names;
/// a line each.
void print_completions(const CLI::App& app, std::span<const std::string> words);

} // namespace heapsel::tools
