// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/unique_fd.hpp>

#include <cerrno>

#include <unistd.h>

namespace heapsel {

void UniqueFd::reset(int fd) {
    if (fd_ >= 0) {
        const int saved = errno;
        ::close(fd_);
        errno = saved;
    }
    fd_ = fd;
}

} // namespace heapsel
