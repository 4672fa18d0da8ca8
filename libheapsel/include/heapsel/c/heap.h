// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_HEAP_H
#define HEAPSEL_C_HEAP_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

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

/// Where something was learned, from the most to the least authoritative.
enum heapsel_source HEAPSEL_INT {
    HEAPSEL_SOURCE_KERNEL = 0,       ///< Documented behaviour of a heap of this kind.
    HEAPSEL_SOURCE_DEVICE_TREE = 1,  ///< A property of the region's or of its memory's node.
    HEAPSEL_SOURCE_COMMAND_LINE = 2, ///< A parameter on the kernel's command line.
    HEAPSEL_SOURCE_SYSFS = 3,        ///< A file under /sys.
    HEAPSEL_SOURCE_FACTS = 4,        ///< A file of facts about the heaps of vendors' kernels.
    HEAPSEL_SOURCE_HEAP_NAME = 5,    ///< A word in the name, by the kernel's naming rules.
    HEAPSEL_SOURCE_NONE = 6          ///< Nobody said.
};

/// Whether this process may allocate: the heap's node opened for reading, or why it did not.
enum heapsel_permission HEAPSEL_INT {
    HEAPSEL_PERMISSION_GRANTED = 0,
    HEAPSEL_PERMISSION_DENIED = 1, ///< EACCES or EPERM.
    HEAPSEL_PERMISSION_BROKEN = 2, ///< Any other errno: the node has no driver behind it, say.
    HEAPSEL_PERMISSION_UNKNOWN = 3 ///< A recorded machine: there is nothing to open.
};

/// What hands the buffers out.
enum heapsel_exporter HEAPSEL_INT {
    HEAPSEL_EXPORTER_DMA_HEAP = 0,
    HEAPSEL_EXPORTER_UDMABUF = 1 ///< /dev/udmabuf: no heap, only like one in what is said of it.
};

/// The stable name where there are several; raw.
HEAPSEL_API const char* heapsel_heap_name(const struct heapsel_heap* heap);
/// How many other names the same region has.
HEAPSEL_API size_t heapsel_heap_alias_count(const struct heapsel_heap* heap);
/// One of them; raw. They are sorted.
HEAPSEL_API const char* heapsel_heap_alias(const struct heapsel_heap* heap, size_t index);
/// `text` is its name or one of its aliases.
HEAPSEL_API bool heapsel_heap_is_called(const struct heapsel_heap* heap, const char* text);
/// What hands its buffers out: udmabuf only in a selection whose policy allows it.
HEAPSEL_API enum heapsel_exporter heapsel_heap_exporter(const struct heapsel_heap* heap);
/// "/dev/dma_heap/system", under the scanned root.
HEAPSEL_API const char* heapsel_heap_node(const struct heapsel_heap* heap);
/// How many folders it has in sysfs.
HEAPSEL_API size_t heapsel_heap_folder_count(const struct heapsel_heap* heap);
/// One of them, under the scanned root: that of the name first, then those of the aliases.
HEAPSEL_API const char* heapsel_heap_folder(const struct heapsel_heap* heap, size_t index);

/// Whether its memory is one known range of physical memory; if so, and where the pointers are not
/// NULL, `*base` is its first address, and `*size` its length in bytes.
HEAPSEL_API bool heapsel_heap_region(const struct heapsel_heap* heap, uint64_t* base,
                                     uint64_t* size);
/// Where the region was learned.
HEAPSEL_API enum heapsel_source heapsel_heap_region_source(const struct heapsel_heap* heap);
/// The evidence for the region in words, or for an unknown one why.
HEAPSEL_API const char* heapsel_heap_region_evidence(const struct heapsel_heap* heap);
/// Whether it is known how large its memory is; if so, and where `size` is not NULL, `*size` is
/// that in bytes: no buffer is ever larger.
HEAPSEL_API bool heapsel_heap_size(const struct heapsel_heap* heap, uint64_t* size);
/// Where the size was learned.
HEAPSEL_API enum heapsel_source heapsel_heap_size_source(const struct heapsel_heap* heap);
/// The evidence for the size in words.
HEAPSEL_API const char* heapsel_heap_size_evidence(const struct heapsel_heap* heap);

/// Whether it is known where its memory ends; if so, and where `address` is not NULL, `*address` is
/// the last byte of physical memory that a buffer can have.
HEAPSEL_API bool heapsel_heap_last_address(const struct heapsel_heap* heap, uint64_t* address);
/// Where the last address was learned.
HEAPSEL_API enum heapsel_source heapsel_heap_last_address_source(const struct heapsel_heap* heap);
/// The evidence for the last address in words.
HEAPSEL_API const char* heapsel_heap_last_address_evidence(const struct heapsel_heap* heap);
/// A buffer begins at a multiple of its size, rounded up to a power of two, or of this many bytes
/// if that is less; never of less than a page of 4096 bytes.
HEAPSEL_API uint64_t heapsel_heap_largest_alignment(const struct heapsel_heap* heap);
/// Where that was learned.
HEAPSEL_API enum heapsel_source heapsel_heap_alignment_source(const struct heapsel_heap* heap);
/// The evidence for it in words.
HEAPSEL_API const char* heapsel_heap_alignment_evidence(const struct heapsel_heap* heap);

/// Whether the heap's memory is so.
HEAPSEL_API enum heapsel_answer heapsel_heap_property(const struct heapsel_heap* heap,
                                                      enum heapsel_trait trait);
/// Where that was learned.
HEAPSEL_API enum heapsel_source heapsel_heap_property_source(const struct heapsel_heap* heap,
                                                             enum heapsel_trait trait);
/// The evidence for it in words: "/memory@40000000: ecc-correction-bits = 1"; for an unknown, why.
HEAPSEL_API const char* heapsel_heap_property_evidence(const struct heapsel_heap* heap,
                                                       enum heapsel_trait trait);

/// Whether this process may allocate from it.
HEAPSEL_API enum heapsel_permission heapsel_heap_permission(const struct heapsel_heap* heap);
/// The errno of open(2) where the permission is denied or broken; else 0.
HEAPSEL_API int heapsel_heap_open_errno(const struct heapsel_heap* heap);
/// Whether its node could be looked at, which that of a recorded machine cannot; if so, and where
/// the pointers are not NULL, `*user` and `*group` are the ids of its owner and group, and `*mode`
/// is who may open it: 0660.
HEAPSEL_API bool heapsel_heap_node_mode(const struct heapsel_heap* heap, uint32_t* user,
                                        uint32_t* group, uint32_t* mode);
/// What to do about a permission that is denied or broken, as a full sentence: the group, or the
/// udev rule. The caller frees `*remedy` with free(3); it is NULL where there is nothing to do.
HEAPSEL_API int heapsel_heap_permission_remedy(const struct heapsel_heap* heap, char** remedy,
                                               struct heapsel_error** error);

/// "dma-heap", "udmabuf".
HEAPSEL_API const char* heapsel_exporter_text(enum heapsel_exporter exporter);
/// "contiguous", "cached", "ecc", "protected": the words of a policy.
HEAPSEL_API const char* heapsel_trait_text(enum heapsel_trait trait);
/// "no", "yes", "unknown".
HEAPSEL_API const char* heapsel_answer_text(enum heapsel_answer answer);
/// "kernel", "device tree", "command line", "sysfs", "heap name", "none".
HEAPSEL_API const char* heapsel_source_text(enum heapsel_source source);
/// "granted", "denied", "broken", "unknown".
HEAPSEL_API const char* heapsel_permission_text(enum heapsel_permission permission);

HEAPSEL_END_DECLARATIONS

#endif
