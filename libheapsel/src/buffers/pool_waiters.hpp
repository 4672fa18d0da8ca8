// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>

namespace heapsel {

/// The threads that wait for a frame, longest first, each with an eventfd that wakes it. The caller
/// holds the pool's lock.
class PoolWaiters {
  public:
    /// A thread in the list: no longer than its descriptor is open.
    class Place {
      public:
        Place(PoolWaiters& waiters, int wake_fd);
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place();

        /// Whoever wakes a thread takes it off the list.
        [[nodiscard]] bool woken() const;

      private:
        PoolWaiters& waiters_;
        int wake_fd_;
    };

    [[nodiscard]] bool none() const { return wake_fds_.empty(); }
    /// Wakes the thread that waits longest, if there is one.
    void wake_first() {
        if (!none())
            wake_one();
    }
    void wake_all();

  private:
    void wake_one();

    std::deque<int> wake_fds_;
};

} // namespace heapsel
