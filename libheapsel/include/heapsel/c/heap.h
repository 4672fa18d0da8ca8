// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_HEAP_H
#define HEAPSEL_C_HEAP_H

#include <heapsel/c/common.h>

HEAPSEL_BEGIN_DECLARATIONS

/// One heap, as it was when it was looked at. Belongs to a catalog or to a selection.
struct heapsel_heap;

/// What can be said of the memory that a heap hands out.
enum heapsel_trait HEAPSEL_INT {
    HEAPSEL_TRAIT_CONTIGUOUS = 0, ///< One physically contiguous piece a buffer.
    HEAPSEL_TRAIT_CACHED = 1,     ///< CPU mappings are cached.
    HEAPSEL_TRAIT_ECC = 2,        ///< Protected by error correction, and paying its bandwidth.
    HEAPSEL_TRAIT_PROTECTED = 3   ///< Out of the CPU's reach ("protected", "secure").
};

#ifndef __cplusplus
_Static_assert(sizeof(enum heapsel_trait) == sizeof(int), "-fshort-enums is another ABI");
#endif

/// Whether it is so.
enum heapsel_answer HEAPSEL_INT {
    HEAPSEL_ANSWER_NO = 0,
    HEAPSEL_ANSWER_YES = 1,
    HEAPSEL_ANSWER_UNKNOWN = 2 ///< Never satisfies a requirement.
};

/// Whether this process may allocate: the heap's node opened for reading, or why it did not.
enum heapsel_permission HEAPSEL_INT {
    HEAPSEL_PERMISSION_GRANTED = 0,
    HEAPSEL_PERMISSION_DENIED = 1, ///< EACCES or EPERM.
    HEAPSEL_PERMISSION_BROKEN = 2, ///< Any other errno: the node has no driver behind it, say.
    HEAPSEL_PERMISSION_UNKNOWN = 3 ///< A recorded machine: there is nothing to open.
};

/// The stable name where there are several; raw.
HEAPSEL_API const char* heapsel_heap_name(const struct heapsel_heap* heap);
/// `text` is its name, or another name of the same region.
HEAPSEL_API bool heapsel_heap_is_called(const struct heapsel_heap* heap, const char* text);
/// "/dev/dma_heap/system", under the scanned root.
HEAPSEL_API const char* heapsel_heap_node(const struct heapsel_heap* heap);

/// Whether its memory is one known range of physical memory; if so, and where the pointers are not
/// NULL, `*base` is its first address, and `*size` its length in bytes.
HEAPSEL_API bool heapsel_heap_region(const struct heapsel_heap* heap, uint64_t* base,
                                     uint64_t* size);
/// Whether it is known how large its memory is; if so, and where `size` is not NULL, `*size` is
/// that in bytes: no buffer is ever larger.
HEAPSEL_API bool heapsel_heap_size(const struct heapsel_heap* heap, uint64_t* size);

/// Whether the heap's memory is so.
HEAPSEL_API enum heapsel_answer heapsel_heap_property(const struct heapsel_heap* heap,
                                                      enum heapsel_trait trait);
/// Who says so: "/memory@40000000: ecc-correction-bits = 1"; for an unknown, why.
HEAPSEL_API const char* heapsel_heap_property_evidence(const struct heapsel_heap* heap,
                                                       enum heapsel_trait trait);

/// Whether this process may allocate from it.
HEAPSEL_API enum heapsel_permission heapsel_heap_permission(const struct heapsel_heap* heap);

/// "contiguous", "cached", "ecc", "protected": the words of a policy.
HEAPSEL_API const char* heapsel_trait_text(enum heapsel_trait trait);

HEAPSEL_END_DECLARATIONS

#endif
