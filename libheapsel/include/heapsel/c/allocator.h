// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_ALLOCATOR_H
#define HEAPSEL_C_ALLOCATOR_H

#include <heapsel/c/buffer.h>
#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/selection.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Allocates from the candidates of a selection, in their order.
struct heapsel_allocator;

/// Opens the chosen candidate, and those that the policy's fallback lets take over from it; one
/// that cannot be opened any more is passed over as long as another one can. The selection is not
/// needed any more afterwards.
///
/// As of heapsel_selection_require_candidate(); the errno of open(2); ENODEV: the heap is of a
/// recorded machine, and there is no device behind it.
HEAPSEL_API int heapsel_allocator_create(const struct heapsel_selection* selection,
                                         struct heapsel_allocator** allocator,
                                         struct heapsel_error** error);
/// Frees the allocator. Its buffers stay.
HEAPSEL_API void heapsel_allocator_free(struct heapsel_allocator* allocator);

/// Allocates `size` bytes, at least 1, and gives the dma-buf `name` as far as the kernel takes it
/// (31 bytes; NULL: none). A candidate that is exhausted passes the request on, as far as the
/// policy's fallback allows. May be called from several threads at a time.
///
/// EINVAL: `size` is 0. ENOMEM: every candidate is exhausted; the error says how much is left in
/// each. Any other errno of the ioctl.
HEAPSEL_API int heapsel_allocator_allocate(const struct heapsel_allocator* allocator, size_t size,
                                           const char* name, struct heapsel_buffer** buffer,
                                           struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
