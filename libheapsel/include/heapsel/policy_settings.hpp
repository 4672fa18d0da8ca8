// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/export.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

/// A value, and where it was asked for, as in PolicyOrigin. Raw.
template <typename T>
struct Sourced {
    T value{};        ///< The value.
    std::string from; ///< Its place.
    friend bool operator==(const Sourced&, const Sourced&) = default;
};

/// What one place asks for: a table of a file, the environment, a caller. What it does not speak of
/// is absent. A value.
struct PolicySettings {
    std::vector<Sourced<Criterion>> require;               ///< As in Policy, and so below.
    std::optional<Sourced<std::vector<Criterion>>> prefer; ///< All of them, in order.
    std::optional<Sourced<std::string>> heap;              ///< By name or alias.
    std::optional<Sourced<std::uint64_t>> size;            ///< In bytes, not 0.
    std::optional<Sourced<Fallback>> fallback;             ///< How far exhaustion may pass.
    std::optional<Sourced<bool>> udmabuf;                  ///< Whether it is allowed.
    friend bool operator==(const PolicySettings&, const PolicySettings&) = default;
};

/// Puts `settings` over `policy`. Requirements add up, so that none is ever lifted by what comes
/// later; one that is there already keeps its first origin. All else is replaced where `settings`
/// speak of it: preferences as a whole, be it by none.
HEAPSEL_EXPORT void apply(const PolicySettings& settings, Policy& policy);

} // namespace heapsel
