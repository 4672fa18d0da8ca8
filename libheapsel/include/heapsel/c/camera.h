// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_CAMERA_H
#define HEAPSEL_C_CAMERA_H

#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Fills `consumers`, which has room for `count`, with the capture queues of the V4L2 devices that
/// have the `count` device numbers (dev_t) of `numbers`, in their order: what fills the pictures of
/// a camera. libcamera has them as the camera's property SystemDevices. `root` is as of
/// heapsel_catalog_scan().
///
/// A number that is none of a V4L2 device, or of one that captures nothing, is passed over: cameras
/// have lenses and sensors too. So there may be fewer consumers than numbers: `*found` is how many,
/// where `found` is not NULL, and those behind them are NULL. Each is freed by the caller; after a
/// failure all are NULL, and `*found` is 0. Each node is opened and closed again. What a driver
/// says is for the format that a newly opened file has; a device that cannot be asked is a
/// consumer, with why.
///
/// EINVAL: `numbers` is NULL and `count` is not 0. ENODEV: no number is left; the subject is the
/// numbers, as "81:0".
HEAPSEL_API int heapsel_consumers_of_devices(const int64_t* numbers, size_t count, const char* root,
                                             struct heapsel_consumer** consumers, size_t* found,
                                             struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
