// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_ACCOUNTING_H
#define HEAPSEL_C_ACCOUNTING_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Who pays for a heap's buffers, as far as it is known. Nothing changes it.
struct heapsel_accounting;

/// The cgroup controller that buffers are charged to.
enum heapsel_controller HEAPSEL_INT {
    HEAPSEL_CONTROLLER_NONE = 0,   ///< Nobody is charged.
    HEAPSEL_CONTROLLER_MEMCG = 1,  ///< The memory controller.
    HEAPSEL_CONTROLLER_DMEM = 2,   ///< The device memory controller.
    HEAPSEL_CONTROLLER_UNKNOWN = 3 ///< The kernel does not say.
};

/// Reads it from sysfs. What the kernel does not say is unknown, which is no error.
HEAPSEL_API int heapsel_heap_read_accounting(const struct heapsel_heap* heap,
                                             struct heapsel_accounting** accounting,
                                             struct heapsel_error** error);
/// Frees what heapsel_heap_read_accounting() gave.
HEAPSEL_API void heapsel_accounting_free(struct heapsel_accounting* accounting);

/// The controller that the heap's buffers are charged to.
HEAPSEL_API enum heapsel_controller
heapsel_accounting_controller(const struct heapsel_accounting* accounting);
/// The region's name in the files of the device memory controller, raw; NULL where there is none.
HEAPSEL_API const char* heapsel_accounting_region(const struct heapsel_accounting* accounting);
/// Where one of these should be known and is not, why; else empty.
HEAPSEL_API const char*
heapsel_accounting_unknown_because(const struct heapsel_accounting* accounting);

/// "none", "memcg", "dmem", "unknown".
HEAPSEL_API const char* heapsel_controller_text(enum heapsel_controller controller);

HEAPSEL_END_DECLARATIONS

#endif
