// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_POOL_H
#define HEAPSEL_C_POOL_H

#include <heapsel/c/allocator.h>
#include <heapsel/c/buffer.h>
#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/layout.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Frames of one layout that are used again and again, made as they are needed. All its functions
/// may be called from several threads at a time, except the one that frees it.
///
/// A frame that was returned is recycled when no device reads or writes it any more, as its
/// implicit fences tell.
struct heapsel_pool;

/// A frame of a pool, held until it is released. Used by one thread at a time; may outlive the
/// pool.
struct heapsel_lease;

/// Makes a pool of `min` frames that grows to `max` (1 to 4096), whose dma-bufs are called
/// NAME-INDEX (`name` may be NULL). `allocator` and `layout` stay the caller's, who may free them.
///
/// EINVAL: `max` is 0, above 4096 or below `min`. Any error of heapsel_allocator_allocate().
HEAPSEL_API int heapsel_pool_create(const struct heapsel_allocator* allocator,
                                    const struct heapsel_layout* layout, size_t min, size_t max,
                                    const char* name, struct heapsel_pool** pool,
                                    struct heapsel_error** error);
/// Frees the pool; frames that are held go when they are released.
HEAPSEL_API void heapsel_pool_free(struct heapsel_pool* pool);

/// Acquires a frame for `holder`, who is named to those that get none, and waits for one at most
/// `milliseconds`.
///
/// ECANCELED: the pool is flushing, or heapsel_pool_set_flushing() began that while this waited.
/// EAGAIN (0 milliseconds), ETIMEDOUT: all frames are taken; the message says by whom and since
/// when.
/// If no more could be made, any error of heapsel_allocator_allocate(), with the same added. Any
/// errno of eventfd(2).
HEAPSEL_API int heapsel_pool_acquire(struct heapsel_pool* pool, const char* holder,
                                     uint32_t milliseconds, struct heapsel_lease** lease,
                                     struct heapsel_error** error);
/// Lays frames out anew. Those whose dma-bufs are large enough stay, with index, descriptors and
/// serial; others are freed, those that are held when they are released.
///
/// Any error of heapsel_allocator_allocate(): the pool has the new layout, and fewer frames than
/// its least.
HEAPSEL_API int heapsel_pool_reconfigure(struct heapsel_pool* pool,
                                         const struct heapsel_layout* layout,
                                         struct heapsel_error** error);
/// While `flushing`, heapsel_pool_acquire() gives no frame: it fails at once with ECANCELED. So
/// does each call that waits when flushing begins, even if it ends before that thread runs. Frames
/// may be released all the time, and stay in the pool. Of NULL, does nothing.
HEAPSEL_API void heapsel_pool_set_flushing(struct heapsel_pool* pool, bool flushing);
/// Gives a descriptor for poll(2), epoll(7) or a main loop. It is readable (POLLIN) as long as a
/// frame may be free: one is idle, or may be made, or the fences of one that was released have
/// signalled. Then call heapsel_pool_acquire() with 0 milliseconds. It is level-triggered: there is
/// nothing to read from it, and it stays readable until nothing is free.
///
/// Another thread may be faster, so EAGAIN is no fault: poll again. After EAGAIN it is not readable
/// until something changes; after an error of the allocator neither, until a frame is released or
/// the pool is laid out anew. A frame of several dma-bufs may take one EAGAIN for each. While the
/// pool is flushing it is readable, and acquiring says ECANCELED: stop polling.
///
/// The same at each call; owned by the pool, and valid as long as that. `*poll_fd` is -1 after a
/// failure. Any errno of epoll_create1(2), eventfd(2), epoll_ctl(2).
HEAPSEL_API int heapsel_pool_poll_fd(struct heapsel_pool* pool, int* poll_fd,
                                     struct heapsel_error** error);
/// How many frames exist.
HEAPSEL_API size_t heapsel_pool_size(const struct heapsel_pool* pool);

/// From 0, below the pool's most; no other frame has it as long as this one exists.
HEAPSEL_API size_t heapsel_lease_index(const struct heapsel_lease* lease);
/// The same as long as index and descriptors stand for the same memory, so that what was made of
/// them may be kept; never given twice by one pool. Of NULL, 0, which no frame has.
HEAPSEL_API uint64_t heapsel_lease_serial(const struct heapsel_lease* lease);
/// The layout that the pool had when the frame was acquired.
HEAPSEL_API const struct heapsel_layout* heapsel_lease_layout(const struct heapsel_lease* lease);
/// The descriptor of one of the frame's dma-bufs, still owned by the pool; -1 where there is none.
/// From now on the frame is recycled only when its fences have signalled.
HEAPSEL_API int heapsel_lease_fd(struct heapsel_lease* lease, size_t buffer);
/// As heapsel_buffer_begin_access(), of one of the frame's dma-bufs.
///
/// EINVAL: there is no such dma-buf. EBUSY: access to it has begun already. Else as of
/// heapsel_buffer_begin_access().
HEAPSEL_API int heapsel_lease_begin_access(struct heapsel_lease* lease, size_t buffer,
                                           enum heapsel_access access, enum heapsel_fences fences,
                                           void** address, struct heapsel_error** error);
/// As heapsel_buffer_end_access(), of one of the frame's dma-bufs.
///
/// EPERM: access to it has not begun. Any other errno that the exporter gives.
HEAPSEL_API int heapsel_lease_end_access(struct heapsel_lease* lease, size_t buffer,
                                         struct heapsel_error** error);
/// Ends what access is open, returns the frame to its pool, and frees the lease. With signalled
/// fences the caller vouches that no device uses the frame any more, as V4L2's DQBUF says, and it
/// is recycled without asking the kernel; a value that there is not counts as unknown.
HEAPSEL_API void heapsel_lease_release(struct heapsel_lease* lease, enum heapsel_fences fences);

HEAPSEL_END_DECLARATIONS

#endif
