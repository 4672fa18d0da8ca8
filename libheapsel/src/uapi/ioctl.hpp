// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace heapsel::uapi {

/// ioctl(2), again where a signal interrupts the driver's lock. 0, or the errno.
[[nodiscard]] int retried_ioctl(int fd, unsigned long request, void* argument);

} // namespace heapsel::uapi
