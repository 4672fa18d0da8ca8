// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/ioctl.hpp"

#include <cerrno>

#include <sys/ioctl.h>

namespace heapsel::uapi {

int retried_ioctl(int fd, unsigned long request, void* argument) {
    int status = 0;
    do {
        status = ::ioctl(fd, request, argument);
    } while (status < 0 && errno == EINTR);
    return status < 0 ? errno : 0;
}

} // namespace heapsel::uapi
