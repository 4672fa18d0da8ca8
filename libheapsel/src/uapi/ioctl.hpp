// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>

namespace heapsel::uapi {

/// ioctl(2), again where a signal interrupts the driver's lock. 0, or the errno.
[[nodiscard]] int retried_ioctl(int fd, unsigned long request, void* argument);
/// The same of a request that answers with a number, a descriptor say: that, or the errno.
[[nodiscard]] std::expected<int, int> answered_ioctl(int fd, unsigned long request, void* argument);

} // namespace heapsel::uapi
