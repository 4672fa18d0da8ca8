// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_sources.hpp>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <format>
#include <optional>
#include <string_view>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "base/joined.hpp"
#include "base/words.hpp"
#include "heaps/machine.hpp"
#include "policies/policy_variables.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// Why a value is none, as a sentence.
using Refusal = std::optional<std::string>;
using Text = Sourced<std::string>;

std::string refusal(const Text& text, std::string_view expected) {
    return std::format("\"{}\" is not {}.", printable(text.value), expected);
}

std::string refusal(const Error& error) {
    return std::format("\"{}\" is wrong. {}", printable(error.subject), error.hint);
}

Refusal read_require(const Text& text, PolicySettings& settings) {
    const auto criteria = parse_criteria(text.value);
    if (!criteria)
        return refusal(criteria.error());
    for (const Criterion& criterion : *criteria)
        settings.require.push_back({.value = criterion, .from = text.from});
    return std::nullopt;
}

Refusal read_prefer(const Text& text, PolicySettings& settings) {
    auto criteria = parse_criteria(text.value);
    if (!criteria)
        return refusal(criteria.error());
    settings.prefer = {.value = *std::move(criteria), .from = text.from};
    return std::nullopt;
}

Refusal read_heap(const Text& text, PolicySettings& settings) {
    settings.heap = text;
    return std::nullopt;
}

Refusal read_size(const Text& text, PolicySettings& settings) {
    const auto size = parse_size(text.value);
    if (!size)
        return refusal(text, "a number above 0, bare or with K, M or G");
    settings.size = {.value = *size, .from = text.from};
    return std::nullopt;
}

Refusal read_fallback(const Text& text, PolicySettings& settings) {
    const auto fallback = parse_fallback(text.value);
    if (!fallback)
        return refusal(text, "one of " + joined(words_of(all_fallbacks), ", "));
    settings.fallback = {.value = *fallback, .from = text.from};
    return std::nullopt;
}

Refusal read_udmabuf(const Text& text, PolicySettings& settings) {
    if (text.value != "0" && text.value != "1")
        return refusal(text, "0 or 1");
    settings.udmabuf = {.value = text.value == "1", .from = text.from};
    return std::nullopt;
}

struct Variable {
    const char* name;
    Refusal (*read)(const Text&, PolicySettings&);
};
constexpr std::array variables{Variable{.name = "HEAPSEL_REQUIRE", .read = read_require},
                               Variable{.name = "HEAPSEL_PREFER", .read = read_prefer},
                               Variable{.name = "HEAPSEL_HEAP", .read = read_heap},
                               Variable{.name = "HEAPSEL_SIZE", .read = read_size},
                               Variable{.name = "HEAPSEL_FALLBACK", .read = read_fallback},
                               Variable{.name = "HEAPSEL_UDMABUF", .read = read_udmabuf}};

/// Empty where the variable is not set, or may not be trusted.
std::string variable(const char* name) {
    const char* const value = ::secure_getenv(name);
    return value == nullptr ? "" : value;
}

/// As the XDG Base Directory Specification says: what is not absolute does not count.
fs::path user_directory() {
    if (const fs::path directory = variable("XDG_CONFIG_HOME"); directory.is_absolute())
        return directory / "heapsel";
    if (const fs::path home = variable("HOME"); home.is_absolute())
        return home / ".config/heapsel";
    return {};
}

} // namespace

std::vector<std::string> policy_variables() {
    std::vector<std::string> names;
    for (const auto& [name, read] : variables)
        names.emplace_back(name);
    return names;
}

PolicySources PolicySources::of_process(const fs::path& root) {
    PolicySources sources{
        .root = root, .user = is_live(root) ? user_directory() : fs::path(), .environment = {}};
    for (const auto& [name, read] : variables) {
        if (auto value = variable(name); !value.empty())
            sources.environment.emplace(name, std::move(value));
    }
    return sources;
}

std::expected<PolicySettings, std::vector<Error>>
parse_policy_environment(const PolicyEnvironment& environment) {
    PolicySettings settings;
    std::vector<Error> errors;
    for (const auto& [name, read] : variables) {
        const auto found = environment.find(name);
        if (found == environment.end() || found->second.empty())
            continue;
        if (auto refusal = read({.value = found->second, .from = name}, settings))
            errors.push_back({.code = EINVAL,
                              .operation = "read the policy in the environment",
                              .subject = name,
                              .hint = *std::move(refusal)});
    }
    if (!errors.empty())
        return std::unexpected(std::move(errors));
    return settings;
}

} // namespace heapsel
