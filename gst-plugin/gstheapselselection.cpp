// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselselection.h"

#include <format>
#include <utility>
#include <vector>

#include <heapsel/heap_catalog.hpp>

namespace gstheapsel {
namespace {

using Criteria = std::vector<heapsel::Criterion>;

heapsel::Result<Criteria> read(const char* property, const std::string& text) {
    auto criteria = heapsel::parse_criteria(text);
    if (!criteria)
        criteria.error().subject = std::format("{}={}", property, text);
    return criteria;
}

} // namespace

heapsel::Result<heapsel::Selection> select_heap(const Wishes& wishes) {
    auto require = read("require", wishes.require);
    if (!require)
        return std::unexpected(require.error());
    auto prefer = read("prefer", wishes.prefer);
    if (!prefer)
        return std::unexpected(prefer.error());
    auto needs = read("consumers", wishes.consumers);
    if (!needs)
        return std::unexpected(needs.error());

    std::vector<heapsel::Consumer> consumers;
    if (!needs->empty())
        consumers.push_back(
            heapsel::Consumer::requirement("consumers", {.criteria = std::move(*needs)}));
    heapsel::Policy policy{std::move(*require), std::move(*prefer), {}};
    if (!wishes.heap.empty())
        policy.heap = wishes.heap;

    const auto catalog = heapsel::HeapCatalog::scan();
    if (!catalog)
        return std::unexpected(catalog.error());
    return heapsel::select(*catalog, consumers, policy).and_then(heapsel::require_candidate);
}

} // namespace gstheapsel
