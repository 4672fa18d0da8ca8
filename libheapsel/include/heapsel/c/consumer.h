// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_CONSUMER_H
#define HEAPSEL_C_CONSUMER_H

#include <heapsel/c/accounting.h>
#include <heapsel/c/catalog.h>
#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What one device on a buffer's way can take.
struct heapsel_consumer;

/// The heaps that a device can use for one of its memories, or why they are not known. Belongs to a
/// consumer or to a device.
struct heapsel_usable_heaps;

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
/// `modifier`; the remedy lists what it takes. EOVERFLOW: the driver's list does not end. Any other
/// errno of the ioctls.
HEAPSEL_API int heapsel_consumer_drm(int fd, uint32_t plane, uint32_t format, uint64_t modifier,
                                     struct heapsel_consumer** consumer,
                                     struct heapsel_error** error);
/// A device called `name` that can use the `count` heaps of `heaps` and no others, as `evidence`
/// says (NULL: whoever calls this), which is made printable.
///
/// EINVAL: one of `heaps` is NULL.
HEAPSEL_API int heapsel_consumer_listing(const char* name, const char* const* heaps, size_t count,
                                         const char* evidence, struct heapsel_consumer** consumer,
                                         struct heapsel_error** error);
/// Fills `consumers`, which has room for `count`, with those that `words` name on the machine under
/// `root` (NULL: this one), as the command `heapsel explain` does: "/dev/video0", "video0:output",
/// "card0:primary:NV12". Each is freed by the caller; after a failure all are NULL. Where no format
/// is asked for, planes show what the first of the video queues has and they take. With
/// `try_heaps_of`, a display that does not say what it can show from is handed a buffer of each
/// heap of that catalog; it may be NULL.
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

/// Hands a buffer from each heap of `catalog` to the DRM device `fd`, and keeps with `consumer`, in
/// place of earlier trials, what came of it: heaps that were refused become unsuitable where the
/// driver says nothing of them. Changes nothing on the display. `fd` stays the caller's. What
/// cannot be tried is no error.
HEAPSEL_API int heapsel_consumer_try_heaps(struct heapsel_consumer* consumer, int fd,
                                           uint32_t plane, uint32_t format, uint64_t modifier,
                                           const struct heapsel_catalog* catalog,
                                           struct heapsel_error** error);

/// What messages call the device; raw. Valid until the consumer is freed or changed, by
/// heapsel_consumer_try_heaps() or by what heapsel/c/requirement.h has.
HEAPSEL_API const char* heapsel_consumer_name(const struct heapsel_consumer* consumer);
/// Whether it is a plane that was asked about by heapsel_consumers_named(); if so, and where the
/// pointers are not NULL, `*plane` is its number, and `*format` what it is to show (DRM_FORMAT_*).
HEAPSEL_API bool heapsel_consumer_shows(const struct heapsel_consumer* consumer, uint32_t* plane,
                                        uint32_t* format);
/// What its driver says; NULL where the consumer is a requirement. Valid until the consumer is
/// freed or heapsel_consumer_try_heaps() is called.
HEAPSEL_API const struct heapsel_usable_heaps*
heapsel_consumer_usable_heaps(const struct heapsel_consumer* consumer);
/// How many heaps were tried.
HEAPSEL_API size_t heapsel_consumer_trial_count(const struct heapsel_consumer* consumer);
/// The name of one of them, raw. Valid as long as what heapsel_consumer_usable_heaps() gives.
HEAPSEL_API const char* heapsel_consumer_trial_heap(const struct heapsel_consumer* consumer,
                                                    size_t index);
/// No: the device refused it. Yes: it took every step that could be tried, which is necessary and
/// not sufficient.
HEAPSEL_API enum heapsel_answer
heapsel_consumer_trial_accepted(const struct heapsel_consumer* consumer, size_t index);
/// How far it came, and why no further. Valid as long as what heapsel_consumer_usable_heaps()
/// gives.
HEAPSEL_API const char* heapsel_consumer_trial_evidence(const struct heapsel_consumer* consumer,
                                                        size_t index);

/// Whether they are known, be it none at all.
HEAPSEL_API bool heapsel_usable_heaps_known(const struct heapsel_usable_heaps* usable);
/// Why they are not known; empty where they are. Printable.
HEAPSEL_API const char*
heapsel_usable_heaps_unknown_because(const struct heapsel_usable_heaps* usable);
/// Who says so: VIDIOC_ENUM_HEAPS, or a file in sysfs; printable.
HEAPSEL_API const char* heapsel_usable_heaps_evidence(const struct heapsel_usable_heaps* usable);
/// How many there are.
HEAPSEL_API size_t heapsel_usable_heaps_count(const struct heapsel_usable_heaps* usable);
/// The name of one of them, raw; any of the names of a heap. The active ones come first.
HEAPSEL_API const char* heapsel_usable_heaps_name(const struct heapsel_usable_heaps* usable,
                                                  size_t index);
/// It is bound: the driver allocates from the active ones, in their order.
HEAPSEL_API bool heapsel_usable_heaps_active(const struct heapsel_usable_heaps* usable,
                                             size_t index);
/// Who pays for its buffers, as the driver says.
HEAPSEL_API const struct heapsel_accounting*
heapsel_usable_heaps_accounting(const struct heapsel_usable_heaps* usable, size_t index);

/// "capture", "output".
HEAPSEL_API const char* heapsel_queue_text(enum heapsel_queue queue);

HEAPSEL_END_DECLARATIONS

#endif
