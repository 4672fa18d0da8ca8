// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy.hpp>

#include <utility>

namespace heapsel {

std::string_view to_string(Fallback fallback) {
    switch (fallback) {
    case Fallback::same_caching:
        return "same-caching";
    case Fallback::any:
        return "any";
    case Fallback::none:
        return "none";
    }
    std::unreachable();
}

std::optional<Fallback> parse_fallback(std::string_view text) {
    for (const Fallback fallback : all_fallbacks) {
        if (to_string(fallback) == text)
            return fallback;
    }
    return std::nullopt;
}

} // namespace heapsel
