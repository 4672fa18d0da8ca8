// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_TAKE_H
#define HEAPSEL_C_TAKE_H

#include <heapsel/c/allocator.h>
#include <heapsel/c/buffer.h>
#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/layout.h>
#include <heapsel/c/pool.h>
#include <heapsel/c/selection.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What a program asks for. Texts and arrays stay the caller's, and are not kept.
struct heapsel_request {
    /// sizeof(struct heapsel_request), so that later versions may add to its end.
    size_t structure_size;
    /// Those that share the buffers, as heapsel_consumers_named() takes them: "/dev/video0",
    /// "card0". None: the CPU alone.
    const char* const* devices;
    size_t device_count; ///< How many.
    const char* require; ///< As heapsel_policy_require() takes it: "contiguous"; NULL: nothing.
    const char* prefer;  ///< As heapsel_policy_prefer() takes it; NULL: what the policies prefer.
    size_t size;         ///< In bytes, of the largest buffer; 0 where it is not known yet.
    const char* name; ///< Of the buffers, for people who look for who has memory; NULL: "heapsel".
    /// This one and no other, by name or alias; NULL: any.
    const char* heap;
    /// Which heaps may take over, as policies name it: "same-caching", "any", "none"; NULL: as
    /// policies say.
    const char* fallback;
};

/// A request in one expression: HEAPSEL_REQUEST(.require = "contiguous", .size = 663552). In C
/// only.
#define HEAPSEL_REQUEST(...)                                                                       \
    (&(const struct heapsel_request){.structure_size = sizeof(struct heapsel_request), __VA_ARGS__})

/// Reads the policies of the machine, of its administrator and of the user, and the environment's;
/// asks the devices; scans the heaps; and judges them: the way to a reason, also where no heap is a
/// candidate.
///
/// EINVAL: a word of the request is not known, or contradicts another one; `structure_size` is less
/// than that of the first version. ENOENT: there is no such heap. A policy that is wrong: as of
/// heapsel_policy_load(). Any error of heapsel_consumers_named() and heapsel_catalog_scan().
HEAPSEL_API int heapsel_choose(const struct heapsel_request* request,
                               struct heapsel_selection** selection, struct heapsel_error** error);

/// Gives an allocator over the heaps that heapsel_choose() finds, for buffers of any size up to the
/// request's. As of heapsel_choose() and heapsel_allocator_create().
HEAPSEL_API int heapsel_allocator_for(const struct heapsel_request* request,
                                      struct heapsel_allocator** allocator,
                                      struct heapsel_error** error);

/// Gives a pool over the heaps that heapsel_choose() finds, of `min` frames, which grows to `max`.
/// Where the request's size is 0, that of the largest dma-buf of `layout` counts. As of
/// heapsel_allocator_for() and heapsel_pool_create().
HEAPSEL_API int heapsel_pool_for(const struct heapsel_request* request,
                                 const struct heapsel_layout* layout, size_t min, size_t max,
                                 struct heapsel_pool** pool, struct heapsel_error** error);

/// Gives one buffer of the request's size. As of heapsel_allocator_for() and
/// heapsel_allocator_allocate(). For several buffers, heapsel_allocator_for() or heapsel_pool_for()
/// looks around only once.
HEAPSEL_API int heapsel_take(const struct heapsel_request* request, struct heapsel_buffer** buffer,
                             struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
