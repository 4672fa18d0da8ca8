// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/buffer_pool.hpp>

#include "buffers/pool_frame.hpp"
#include "buffers/pool_queue.hpp"
#include "buffers/pool_signal.hpp"
#include "buffers/pool_waiters.hpp"

namespace heapsel {

using PoolClock = std::chrono::steady_clock;

/// A frame that somebody has from now on: the pool keeps it until it is given back or dropped.
struct HeldFrame {
    PoolFrame* frame = nullptr;
    std::size_t index = 0;
};

/// Where a pool's dma-bufs come from.
struct FrameMemory {
    BufferPool::Allocate allocate;
    /// What there is to do about an ENOMEM of `allocate`. Called only for errors that leave the
    /// pool, since it may take long; empty where `allocate` says it itself.
    std::move_only_function<std::string() const> hint;
};

/// What pool and leases share. Where it says "locked", the caller holds the lock.
class PoolState {
  public:
    PoolState(FrameMemory memory, PoolOptions options);

    [[nodiscard]] Result<HeldFrame> acquire(std::string_view holder,
                                            std::chrono::milliseconds timeout);
    void give_back(std::size_t index, bool idle);
    /// In its place: the frame is lost to the pool.
    void drop(std::size_t index);
    [[nodiscard]] Result<void> reconfigure(BufferLayout layout);
    /// Makes frames until there are `min`.
    [[nodiscard]] Result<void> fill();
    void set_flushing(bool flushing);
    [[nodiscard]] Result<int> poll_fd();
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::vector<PoolHolding> holdings() const;

  private:
    enum class Use : std::uint8_t {
        empty,
        being_made,
        held,
        returned, ///< Fences may be pending.
        idle
    };
    /// In `idle_` while it is.
    struct Slot : QueuePlace {
        Use use = Use::empty;
        std::shared_ptr<PoolFrame> frame;
        std::string holder;          ///< The last one, also when it has gone.
        PoolClock::time_point since; ///< Of the use, but of idle.
        std::uint64_t turn = 0;      ///< Grows with each change of use.
    };
    /// The slots with frames whose fences may be pending, as they were when the lock was given up.
    struct Returned {
        struct Mark {
            std::size_t index = 0;
            std::uint64_t turn = 0;
        };
        std::vector<Mark> marks;
        std::vector<std::shared_ptr<PoolFrame>> frames; ///< One for each mark.
    };
    using Lock = std::unique_lock<std::mutex>;
    // What a thread has taken on itself, and what becomes of it when an exception ends it.
    class Leaving;
    class Making;

    [[nodiscard]] std::size_t index_of(const Slot& slot) const;
    /// Those that were ever used; all others are empty. A pool that may have thousands looks at
    /// no more than it needs.
    [[nodiscard]] std::span<Slot> reached() { return {slots_.data(), reached_}; }
    [[nodiscard]] std::span<const Slot> reached() const { return {slots_.data(), reached_}; }
    void use_locked(Slot& slot, Use use);
    /// The slot is empty from now on. Its frame, which is to be freed without the lock.
    [[nodiscard]] std::shared_ptr<PoolFrame> vacate_locked(Slot& slot);
    [[nodiscard]] Slot* longest_idle_locked();
    /// No device uses the returned frame any more.
    void settle_locked(Slot& slot);
    [[nodiscard]] Slot* empty_locked();
    [[nodiscard]] Returned returned_locked() const;
    [[nodiscard]] HeldFrame hold_locked(Slot& slot, std::string_view holder);
    [[nodiscard]] std::vector<PoolHolding> holdings_locked() const;
    [[nodiscard]] Error flushed() const;

    /// Has the descriptor, where there is one, tell how the slots are.
    void show_locked();
    /// Has it tell when the fences of `dmabuf_fd`, of the frame in `slot`, have signalled, if that
    /// was returned; -1 where there is nothing to wait for.
    void watch_locked(const Slot& slot, int dmabuf_fd);
    /// A dma-buf of its frame; -1 if there is none.
    [[nodiscard]] static int first_of(const Slot& slot);

    /// Before a thread leaves, `served` if it has a frame, while others wait: wakes one of them
    /// where that may find something.
    void hand_on_locked(bool served);

    [[nodiscard]] Result<std::shared_ptr<PoolFrame>>
    make_frame(const BufferLayout& layout, std::size_t index, std::uint64_t serial) const;
    /// Makes a frame in the empty `slot`, without the lock; afterwards it is idle.
    [[nodiscard]] Result<void> make(Lock& lock, Slot& slot);
    /// Completes an error of `make` for somebody who reads it, without the lock.
    [[nodiscard]] Error explained(Lock& lock, Error not_made) const;
    /// What `acquire` says where there is no frame; `made` is what its last `make` came to.
    [[nodiscard]] Error none_left(Lock& lock, bool waited, Result<void> made) const;
    /// Asks the kernel, without the lock, which returned frames no device uses any more. True if
    /// there is one that is idle since.
    [[nodiscard]] bool settle(Lock& lock);
    /// The rest of `acquire`, where no frame is idle.
    [[nodiscard]] Result<HeldFrame> acquire_other(Lock& lock, std::string_view holder,
                                                  std::chrono::milliseconds timeout);
    /// Waits without the lock until another thread wakes this one (true), a fence has signalled, or
    /// `deadline`.
    [[nodiscard]] Result<bool> wait_for_change(Lock& lock, PoolClock::time_point deadline);

    const FrameMemory memory_;
    const std::size_t min_;
    const std::string name_;

    mutable std::mutex mutex_;
    std::shared_ptr<const BufferLayout> layout_;
    std::vector<Slot> slots_; ///< As many as there may be frames; never resized.
    std::size_t reached_ = 0;
    QueuePlace idle_; ///< The queue of slots in the order of their turns.
    PoolWaiters waiters_;
    std::uint64_t serial_ = 0;
    std::uint64_t turn_ = 0;
    bool flushing_ = false;
    std::uint64_t flushes_ = 0; ///< How often that began.
    bool can_make_ = true;      ///< Nothing is known that keeps empty slots from being filled.
    std::optional<PoolSignal> signal_; ///< Of pools that were asked for it.
};

} // namespace heapsel
