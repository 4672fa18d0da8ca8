// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_LIVE_BUFFER_H
#define HEAPSEL_C_LIVE_BUFFER_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// The dma-bufs that exist, whoever holds them, as they were at one moment. Nothing changes it.
struct heapsel_live_buffers;

/// Lists all of the machine whose files stand under `root` (NULL: this one), from debugfs
/// (dma_buf/bufinfo). Users name buffers as they like, line ends included, so the list is for
/// people to look at and nothing to rely on.
///
/// ENOENT: debugfs is not mounted, or the kernel was built without it. EACCES: only root may.
/// EFBIG: more than 16 MiB. Else the errno of open(2), read(2).
HEAPSEL_API int heapsel_live_buffers_list(const char* root, struct heapsel_live_buffers** buffers,
                                          struct heapsel_error** error);
/// Frees the list.
HEAPSEL_API void heapsel_live_buffers_free(struct heapsel_live_buffers* buffers);

/// How many there are. They go in the kernel's order.
HEAPSEL_API size_t heapsel_live_buffers_count(const struct heapsel_live_buffers* buffers);
/// The number of the file of one of them.
HEAPSEL_API uint64_t heapsel_live_buffers_inode(const struct heapsel_live_buffers* buffers,
                                                size_t index);
/// How large it is, in bytes.
HEAPSEL_API uint64_t heapsel_live_buffers_size(const struct heapsel_live_buffers* buffers,
                                               size_t index);
/// Who handed it out: of a heap's buffer, the heap's name. Raw.
HEAPSEL_API const char* heapsel_live_buffers_exporter(const struct heapsel_live_buffers* buffers,
                                                      size_t index);
/// What a user called it; raw, and empty where nobody did.
HEAPSEL_API const char* heapsel_live_buffers_name(const struct heapsel_live_buffers* buffers,
                                                  size_t index);
/// How many devices are attached to it.
HEAPSEL_API size_t heapsel_live_buffers_device_count(const struct heapsel_live_buffers* buffers,
                                                     size_t index);
/// One of them, as the kernel names it; raw.
HEAPSEL_API const char* heapsel_live_buffers_device(const struct heapsel_live_buffers* buffers,
                                                    size_t index, size_t device);

HEAPSEL_END_DECLARATIONS

#endif
