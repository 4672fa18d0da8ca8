// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/export.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

/// Which candidates an exhausted heap passes a request on to.
enum class Fallback : std::uint8_t {
    same_caching, ///< Those that are known to be cached if the chosen one is, uncached if it is.
    any,          ///< All of them.
    none          ///< None: the chosen one alone.
};
inline constexpr std::array all_fallbacks{Fallback::same_caching, Fallback::any, Fallback::none};
/// "same-caching", "any", "none".
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Fallback fallback);
/// Nothing if `text` is none of the words that `to_string` gives.
[[nodiscard]] HEAPSEL_EXPORT std::optional<Fallback> parse_fallback(std::string_view text);

/// Where each part of a policy was asked for, in a few words for messages:
/// "/etc/heapsel/policy.toml:3", "HEAPSEL_HEAP". Empty: by the caller, or by nobody.
struct PolicyOrigin {
    std::vector<std::string> require; ///< Of each requirement, in their order; may be shorter.
    std::string prefer;               ///< Of the preferences, which are asked for as a whole.
    std::string heap;                 ///< Of the heap, and so on.
    std::string size;                 ///< Of the size.
    std::string fallback;             ///< Of the fallback.
    std::string udmabuf;              ///< Of udmabuf.
};

/// What the user wants.
struct Policy {
    std::vector<Criterion> require;  ///< Hard: never relaxed, and an unknown does not satisfy.
    std::vector<Criterion> prefer;   ///< In order: the first outweighs all that follow.
    std::optional<std::string> heap; ///< This one and no other, by name or alias.
    std::uint64_t size = 0;          ///< Of the largest buffer, in bytes; 0 where nobody knows yet.
    Fallback fallback = Fallback::same_caching; ///< How far exhaustion may pass a request on.
    /// Where no heap is a candidate, take system memory through /dev/udmabuf, if that meets the
    /// requirements. It is for frames that a CPU fills: cached, and never contiguous.
    bool udmabuf = false;
    PolicyOrigin origin = {}; ///< For people; decides nothing.
};

} // namespace heapsel
