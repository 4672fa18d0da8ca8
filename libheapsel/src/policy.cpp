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

} // namespace heapsel
