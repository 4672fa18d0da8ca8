// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/nearest_name.hpp"

namespace heapsel {

HeapCatalog::HeapCatalog(std::vector<Heap> heaps, std::vector<std::string> warnings,
                         std::optional<Heap> udmabuf) {
    std::ranges::sort(heaps, {}, &Heap::name);
    content_ =
        std::make_shared<const Content>(std::move(heaps), std::move(warnings), std::move(udmabuf));
}

const Heap* HeapCatalog::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(heaps(), [&](const Heap& heap) { return heap.is_called(name); });
    return found == heaps().end() ? nullptr : &*found;
}

Result<const Heap*> find_heap(const HeapCatalog& catalog, std::string_view name) {
    if (const Heap* const heap = catalog.find(name))
        return heap;
    std::vector<std::string> names;
    for (const Heap& heap : catalog.heaps()) {
        names.push_back(heap.name);
        std::ranges::copy(heap.aliases, std::back_inserter(names));
    }
    return std::unexpected(
        Error{.code = ENOENT,
              .operation = "find the heap",
              .subject = std::string(name),
              .hint = names.empty() ? "There is no heap at all." : suggestion(name, names)});
}

} // namespace heapsel
