// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_STATISTICS_H
#define HEAPSEL_C_STATISTICS_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// How full a heap was at one moment. Nothing changes it.
struct heapsel_statistics;

/// A number that the kernel keeps of a heap.
enum heapsel_figure HEAPSEL_INT {
    HEAPSEL_FIGURE_SIZE = 0,         ///< Of the heap's region, in bytes.
    HEAPSEL_FIGURE_FREE = 1,         ///< What of it is free, in bytes.
    HEAPSEL_FIGURE_LARGEST_FREE = 2, ///< The largest buffer that fits now, in bytes.
    HEAPSEL_FIGURE_BUFFERS = 3,      ///< How many buffers are live.
    HEAPSEL_FIGURE_ALLOCATED = 4,    ///< In bytes, of the live buffers.
    HEAPSEL_FIGURE_PEAK = 5          ///< The most that was allocated since it was last reset.
};

/// Reads the figures of `heap`, one after another, so that those of a busy heap may be of different
/// moments. What the kernel does not keep is unknown, which is no error.
HEAPSEL_API int heapsel_heap_read_statistics(const struct heapsel_heap* heap,
                                             struct heapsel_statistics** statistics,
                                             struct heapsel_error** error);
/// Frees the statistics.
HEAPSEL_API void heapsel_statistics_free(struct heapsel_statistics* statistics);

/// Whether the figure is known; if so, and where `value` is not NULL, `*value` is it.
HEAPSEL_API bool heapsel_statistics_figure(const struct heapsel_statistics* statistics,
                                           enum heapsel_figure figure, uint64_t* value);
/// Why it is not known; empty where it is, and where the heap has no such figure: `system` has no
/// size.
HEAPSEL_API const char*
heapsel_statistics_unknown_because(const struct heapsel_statistics* statistics,
                                   enum heapsel_figure figure);

/// The name of the figure's file in sysfs: "size_bytes".
HEAPSEL_API const char* heapsel_figure_text(enum heapsel_figure figure);

HEAPSEL_END_DECLARATIONS

#endif
