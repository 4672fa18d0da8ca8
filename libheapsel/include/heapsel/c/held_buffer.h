// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_HELD_BUFFER_H
#define HEAPSEL_C_HELD_BUFFER_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// The dma-bufs that processes have open, as they were when they were looked at. Nothing changes
/// it.
struct heapsel_held_buffers;

/// Lists those of the processes of the machine whose files stand under `root` (NULL: this one),
/// from /proc/PID/fdinfo. A process that ends meanwhile is left out, and one that may not be looked
/// into is counted, which is no error. A buffer that is only mapped, or that only a driver holds,
/// has no descriptor and is not in the list.
HEAPSEL_API int heapsel_held_buffers_list(const char* root, struct heapsel_held_buffers** buffers,
                                          struct heapsel_error** error);
/// Frees the list.
HEAPSEL_API void heapsel_held_buffers_free(struct heapsel_held_buffers* buffers);

/// How many processes may not be looked into.
HEAPSEL_API size_t heapsel_held_buffers_unseen(const struct heapsel_held_buffers* buffers);
/// How many there are: by process, each buffer of one process once; then by inode.
HEAPSEL_API size_t heapsel_held_buffers_count(const struct heapsel_held_buffers* buffers);
/// The id of the process that holds one of them; 0 of none.
HEAPSEL_API uint32_t heapsel_held_buffers_process(const struct heapsel_held_buffers* buffers,
                                                  size_t index);
/// What that process calls itself; raw, and any process may lie.
HEAPSEL_API const char* heapsel_held_buffers_command(const struct heapsel_held_buffers* buffers,
                                                     size_t index);
/// How many descriptors it has of the buffer.
HEAPSEL_API size_t heapsel_held_buffers_descriptors(const struct heapsel_held_buffers* buffers,
                                                    size_t index);
/// The number of the buffer's file; 0 where the kernel does not tell (before 5.14).
HEAPSEL_API uint64_t heapsel_held_buffers_inode(const struct heapsel_held_buffers* buffers,
                                                size_t index);
/// How large it is, in bytes.
HEAPSEL_API uint64_t heapsel_held_buffers_size(const struct heapsel_held_buffers* buffers,
                                               size_t index);
/// Who handed it out: of a heap's buffer, the heap's name. Raw.
HEAPSEL_API const char* heapsel_held_buffers_exporter(const struct heapsel_held_buffers* buffers,
                                                      size_t index);
/// What a user called it; raw, and empty where nobody did.
HEAPSEL_API const char* heapsel_held_buffers_name(const struct heapsel_held_buffers* buffers,
                                                  size_t index);

HEAPSEL_END_DECLARATIONS

#endif
