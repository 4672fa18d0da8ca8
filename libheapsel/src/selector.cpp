// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/selector.hpp>

#include <utility>

namespace heapsel {

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
    case Verdict::chosen:
        return "chosen";
    case Verdict::candidate:
        return "candidate";
    case Verdict::unsuitable:
        return "unsuitable";
    case Verdict::unusable:
        return "unusable";
    }
    std::unreachable();
}

Result<Selection> select(const HeapCatalog& catalog, std::span<const Consumer> consumers,
                         const Policy& policy) {
    if (policy.heap) {
        if (const auto named = find_heap(catalog, *policy.heap); !named)
            return std::unexpected(named.error());
    }
    return Selection(catalog, consumers, policy);
}

} // namespace heapsel
