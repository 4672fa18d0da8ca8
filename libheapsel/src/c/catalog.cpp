// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/catalog.h>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

int heapsel_catalog_scan(const char* root, heapsel_catalog** catalog, heapsel_error** error) {
    return c_api::make(__func__, error, catalog, {{"catalog", catalog}},
                       [&] { return HeapCatalog::scan(c_api::root_of(root)); });
}

void heapsel_catalog_free(heapsel_catalog* catalog) {
    delete catalog;
}

std::size_t heapsel_catalog_heap_count(const heapsel_catalog* catalog) {
    return catalog == nullptr ? 0 : catalog->value.heaps().size();
}

const heapsel_heap* heapsel_catalog_heap(const heapsel_catalog* catalog, std::size_t index) {
    return catalog == nullptr ? nullptr : c_api::to_c(c_api::at(catalog->value.heaps(), index));
}

int heapsel_catalog_find(const heapsel_catalog* catalog, const char* name,
                         const heapsel_heap** heap, heapsel_error** error) {
    if (heap != nullptr)
        *heap = nullptr;
    return c_api::call(__func__, error, {{"catalog", catalog}, {"name", name}, {"heap", heap}},
                       [&] {
                           return find_heap(catalog->value, name).transform([&](const Heap* found) {
                               *heap = c_api::to_c(found);
                           });
                       });
}
