// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace heapsel {

/// A place in a queue, for something to derive from that may stand in one, and stays where it is in
/// memory. Alone it is a queue of its own, and so it stands for a queue, too: behind its last and
/// before its first. Nothing here needs memory, and nothing takes longer for a long queue.
class QueuePlace {
  public:
    QueuePlace() = default;
    QueuePlace(const QueuePlace&) = delete;
    QueuePlace& operator=(const QueuePlace&) = delete;

    /// Nobody else is in the queue.
    [[nodiscard]] bool alone() const { return next_ == this; }
    [[nodiscard]] QueuePlace* next() const { return next_; }

    /// Leaves the queue, if it is in one.
    void leave() {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        previous_ = next_ = this;
    }
    /// From no queue into that of `other`, before it.
    void enter_before(QueuePlace& other) {
        previous_ = other.previous_;
        next_ = &other;
        previous_->next_ = other.previous_ = this;
    }

  private:
    QueuePlace* previous_ = this;
    QueuePlace* next_ = this;
};

} // namespace heapsel
