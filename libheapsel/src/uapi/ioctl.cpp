// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/ioctl.hpp"

#include <cerrno>

#include <sys/ioctl.h>

namespace heapsel::uapi {

std::expected<int, int> answered_ioctl(int fd, unsigned long request, void* argument) {
    int answer = 0;
    do {
        answer = ::ioctl(fd, request, argument);
    } while (answer < 0 && errno == EINTR);
    if (answer < 0)
        return std::unexpected(errno);
    return answer;
}

int retried_ioctl(int fd, unsigned long request, void* argument) {
    return answered_ioctl(fd, request, argument).error_or(0);
}

} // namespace heapsel::uapi
