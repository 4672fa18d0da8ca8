// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy.hpp>

#include <utility>

#include "base/words.hpp"

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
    return value_called(all_fallbacks, text);
}

} // namespace heapsel
