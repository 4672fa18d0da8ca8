// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_CATALOG_H
#define HEAPSEL_C_CATALOG_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// The heaps of a machine, as they were when it was scanned. Nothing changes it.
struct heapsel_catalog;

/// Reads /dev/dma_heap, the device tree and sysfs of the machine whose files stand under `root`:
/// NULL or "/" for this one, another directory for a recorded one, where permissions stay unknown.
///
/// ENOENT: no /dev/dma_heap under `root`. EACCES: the directory may not be listed. Where
/// /dev/udmabuf can be opened, these two are no error, and there is no heap. A heap that cannot be
/// opened is no error either: it is in the catalog.
HEAPSEL_API int heapsel_catalog_scan(const char* root, struct heapsel_catalog** catalog,
                                     struct heapsel_error** error);
/// Frees the catalog, and with it the heaps that were asked of it.
HEAPSEL_API void heapsel_catalog_free(struct heapsel_catalog* catalog);

/// How many heaps there are.
HEAPSEL_API size_t heapsel_catalog_heap_count(const struct heapsel_catalog* catalog);
/// One of them. They are sorted by name, each region once.
HEAPSEL_API const struct heapsel_heap* heapsel_catalog_heap(const struct heapsel_catalog* catalog,
                                                            size_t index);
/// Gives the heap with this name or alias.
///
/// ENOENT: no heap is called so; the message suggests the nearest name, and lists all.
HEAPSEL_API int heapsel_catalog_find(const struct heapsel_catalog* catalog, const char* name,
                                     const struct heapsel_heap** heap,
                                     struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
