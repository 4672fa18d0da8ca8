// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffers/pool_waiters.hpp"

#include <algorithm>

#include <sys/eventfd.h>

namespace heapsel {

PoolWaiters::Place::Place(PoolWaiters& waiters, int wake_fd)
    : waiters_(waiters), wake_fd_(wake_fd) {
    waiters_.wake_fds_.push_back(wake_fd_);
}

PoolWaiters::Place::~Place() {
    std::erase(waiters_.wake_fds_, wake_fd_);
}

bool PoolWaiters::Place::woken() const {
    return !std::ranges::contains(waiters_.wake_fds_, wake_fd_);
}

void PoolWaiters::wake_one() {
    ::eventfd_write(wake_fds_.front(), 1);
    wake_fds_.pop_front();
}

void PoolWaiters::wake_all() {
    while (!none())
        wake_one();
}

} // namespace heapsel
