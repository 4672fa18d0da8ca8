// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/selector.hpp>

#include <format>
#include <utility>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

Error not_found(Error error, std::string_view origin) {
    if (!origin.empty())
        error.remedy += std::format(" It was asked for in {}.", printable(origin));
    return error;
}

} // namespace

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
        if (auto named = find_heap(catalog, *policy.heap); !named)
            return std::unexpected(not_found(std::move(named.error()), policy.origin.heap));
    }
    return Selection(catalog, consumers, policy);
}

} // namespace heapsel
