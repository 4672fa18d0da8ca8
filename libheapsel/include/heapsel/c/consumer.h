// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_CONSUMER_H
#define HEAPSEL_C_CONSUMER_H

#include <heapsel/c/catalog.h>
#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What one device on a buffer's way can take.
struct heapsel_consumer;

/// A video queue of a V4L2 device, seen from userspace.
enum heapsel_queue HEAPSEL_INT {
    HEAPSEL_QUEUE_CAPTURE = 0, ///< What the device fills: a camera's or a decoder's pictures.
    HEAPSEL_QUEUE_OUTPUT = 1   ///< What it reads: an encoder's pictures, a decoder's bitstream.
};

/// DRM_FORMAT_MOD_INVALID: no modifier is given, and the device takes the layout that it would give
/// a buffer of its own.
#define HEAPSEL_NO_MODIFIER UINT64_C(0x00ffffffffffffff)

/// Asks the driver of an open V4L2 device for the heaps that `queue` can use with the format that
/// is set on `fd`; so set it first. `fd` stays the caller's. A kernel or a driver that cannot say
/// leaves them unknown, which is no error.
///
/// ENOTTY: `fd` is no V4L2 device. EINVAL: the device has no such queue. EOVERFLOW: the driver's
/// list does not end. Any other errno of VIDIOC_QUERYCAP and VIDIOC_ENUM_HEAPS.
HEAPSEL_API int heapsel_consumer_v4l2(int fd, enum heapsel_queue queue,
                                      struct heapsel_consumer** consumer,
                                      struct heapsel_error** error);
/// Asks the driver of an open DRM device for the heaps that its plane `plane` can show `format`
/// (DRM_FORMAT_*) with `modifier` (DRM_FORMAT_MOD_*, or HEAPSEL_NO_MODIFIER) from. `fd` stays the
/// caller's, and is of a primary node (cardN). What is not known is no error.
///
/// ENOTTY: `fd` is no DRM device. EACCES: it is of a render node. EOPNOTSUPP: the device does no
/// modesetting. ENOENT: it has no such plane. EINVAL: the plane does not take `format` with
/// `modifier`; the message lists what it takes. EOVERFLOW: the driver's list does not end. Any
/// other errno of the ioctls.
HEAPSEL_API int heapsel_consumer_drm(int fd, uint32_t plane, uint32_t format, uint64_t modifier,
                                     struct heapsel_consumer** consumer,
                                     struct heapsel_error** error);
/// A device called `name` of which whoever knows it writes down what it needs: memory which is as
/// `words` say, those of heapsel_policy_require(). The functions below add what is no word.
///
/// EINVAL: a word that there is not, or a trait both wanted and unwanted.
HEAPSEL_API int heapsel_consumer_requirement(const char* name, const char* words,
                                             struct heapsel_consumer** consumer,
                                             struct heapsel_error** error);
/// Says how many bits of a physical address the device has, 1 to 64: with 32, every byte of a
/// heap's memory must lie below 4 GiB. An address that is not known never does, unless there are 64
/// bits. Replaces what was said before; a selection that was made stays as it is. Nothing changes
/// on an error.
///
/// EINVAL: `bits` is 0 or above 64; or `consumer` was not made by heapsel_consumer_requirement().
HEAPSEL_API int heapsel_consumer_require_address_bits(struct heapsel_consumer* consumer,
                                                      uint32_t bits, struct heapsel_error** error);
/// Says what the device wants the numbers of a frame to be multiples of, in bytes; 1 where it does
/// not care: from one line of a plane to the next, where a plane begins in its dma-buf, the size of
/// a plane, and where the dma-buf begins in memory. That of the address is asked of the heap; the
/// others are carried, for heapsel_consumers_alignment(). Replaces what was said before; a
/// selection that was made stays as it is. Nothing changes on an error.
///
/// EINVAL: one of the numbers is 0; or `consumer` was not made by heapsel_consumer_requirement().
HEAPSEL_API int heapsel_consumer_require_alignment(struct heapsel_consumer* consumer,
                                                   uint32_t stride, uint32_t offset, uint32_t size,
                                                   uint64_t address, struct heapsel_error** error);
/// Fills `consumers`, which has room for `count`, with those that `words` name on the machine under
/// `root` (NULL: this one), as the command `heapsel explain` does: "/dev/video0", "video0:output",
/// "card0:primary:NV12". Each is freed by the caller; after a failure all are NULL. Where no format
/// is asked for, planes show what the first of the video queues has and they take. With
/// `try_heaps_of`, a display that does not say what it can show from is handed a buffer of each
/// heap of that catalog, and a heap that it refuses is unsuitable; NULL: none is tried.
///
/// EINVAL: a word is NULL; a device does not have that memory, plane or format; what stands behind
/// a display is no plane. ENODEV: there is no such device. EOPNOTSUPP: it does no modesetting. Else
/// as of heapsel_consumer_drm().
HEAPSEL_API int heapsel_consumers_named(const char* const* words, size_t count, const char* root,
                                        const struct heapsel_catalog* try_heaps_of,
                                        struct heapsel_consumer** consumers,
                                        struct heapsel_error** error);
/// Frees the consumer.
HEAPSEL_API void heapsel_consumer_free(struct heapsel_consumer* consumer);

/// What messages call the device; raw. Valid until the consumer is freed, or requires more.
HEAPSEL_API const char* heapsel_consumer_name(const struct heapsel_consumer* consumer);

/// Joins what the `count` consumers of `consumers` want the numbers of a frame to be multiples of:
/// the least common multiple of each, in bytes, and 1 where nobody cares. The first three are what
/// heapsel_layout_create() takes. Each pointer may be NULL; nothing is written on an error.
///
/// EINVAL: one of `consumers` is NULL. EOVERFLOW: a multiple does not fit; the message has the two
/// numbers.
HEAPSEL_API int heapsel_consumers_alignment(struct heapsel_consumer* const* consumers, size_t count,
                                            uint32_t* stride, uint32_t* offset, uint32_t* size,
                                            uint64_t* address, struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
