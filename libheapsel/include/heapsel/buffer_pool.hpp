// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/allocator.hpp>
#include <heapsel/buffer.hpp>
#include <heapsel/buffer_layout.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// What a pool is to be. A value.
struct PoolOptions {
    BufferLayout layout;       ///< Of every frame.
    std::size_t min = 0;       ///< Frames that are there from the beginning.
    std::size_t max = 16;      ///< Frames at most, at any time: 1 to 4096, and not below `min`.
    std::string name = "pool"; ///< The dma-bufs are called NAME-INDEX.
};

/// What keeps a frame from being acquired. A value.
struct PoolHolding {
    std::size_t index = 0; ///< Of the frame.
    std::string holder; ///< Who acquired it, raw; nobody (empty) while only a device uses it still.
    /// Since it was acquired, or returned, as exact as the ticks of the kernel (1 to 10 ms).
    std::chrono::milliseconds age{};
};

class PoolState;
struct FrameMemory;
struct PoolFrame;

/// A frame of a pool, held until this is destroyed or released. Move-only; used from one thread at
/// a time. May outlive the pool.
class HEAPSEL_EXPORT Lease {
  public:
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&& other) noexcept;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        if (pool_ != nullptr)
            release();
    }

    /// From 0, below the pool's `max`; no other frame has it as long as this one exists.
    [[nodiscard]] std::size_t index() const { return index_; }
    /// The same as long as index and descriptors stand for the same memory, so that what was made
    /// of them (framebuffers, queued indices) may be kept; never given twice by one pool.
    [[nodiscard]] std::uint64_t serial() const { return serial_; }
    /// That of the pool when the frame was acquired. Valid, and to be asked for, until it is
    /// released.
    [[nodiscard]] const BufferLayout& layout() const;

    /// The dma-buf with that number in the layout; -1 where there is none, or it was released.
    /// Still owned by the pool, and the same for as long as `serial` is. Whoever was given it may
    /// have imported it: from now on the frame is recycled only when its fences have signalled.
    [[nodiscard]] int fd(std::size_t buffer = 0);

    /// As `Buffer::begin_access`, of one dma-buf of the frame; the bracket ends before the lease.
    /// While no descriptor was ever given out, `fences` have signalled. EINVAL: the layout has no
    /// such dma-buf. EBADF: the frame was released.
    [[nodiscard]] Result<CpuAccess> begin_access(Access access, Fences fences = Fences::unknown,
                                                 std::size_t buffer = 0);

    /// Returns the frame. With `Fences::signalled` the caller vouches that no device uses it any
    /// more, as V4L2's DQBUF says, and it is recycled without asking the kernel. A second call does
    /// nothing.
    void release(Fences fences = Fences::unknown);

    /// In place of `release`, where somebody keeps the memory (through a descriptor of his own, or
    /// a mapping) and nobody else must write to it: the dma-bufs are closed and not used again, and
    /// the pool may make others for them. After `release` or a first call it does nothing.
    void discard();

  private:
    friend class BufferPool;
    Lease(std::shared_ptr<PoolState> pool, PoolFrame& frame, std::size_t index);

    std::shared_ptr<PoolState> pool_; ///< Null once released.
    PoolFrame* frame_;                ///< The pool's, which keeps it as long as it is held.
    std::size_t index_;
    std::uint64_t serial_;
};

/// Frames of one layout that are used again and again, made as they are needed. Move-only; all
/// calls may be made from several threads at a time.
///
/// A frame that was returned is recycled when no device reads or writes it any more, as its
/// implicit fences tell (poll(2) on each dma-buf). A device that synchronises explicitly leaves
/// none: wait for its fence, or attach it with DMA_BUF_IOCTL_IMPORT_SYNC_FILE, before returning the
/// frame. Frames whose descriptors were never given out, and those that were returned with
/// `Fences::signalled`, are acquired and returned without a system call.
class HEAPSEL_EXPORT BufferPool {
  public:
    /// What makes a dma-buf; `Allocator::allocate`, say. Called from several threads at a time.
    /// What it throws goes to the caller of the pool, which is as it was before.
    using Allocate = std::move_only_function<Result<Buffer>(std::size_t, std::string_view) const>;

    /// Makes `options.min` frames.
    ///
    /// EINVAL: `max` is 0, above 4096 or below `min`, or the layout has no dma-buf. Any error of
    /// `allocate`.
    [[nodiscard]] static Result<BufferPool> create(Allocate allocate, PoolOptions options);
    /// The same, of an allocator that it takes over. While it waits, it reads no figures of heaps
    /// that are exhausted: only an error that leaves the pool says how full they are.
    [[nodiscard]] static Result<BufferPool> create(Allocator allocator, PoolOptions options);
    /// The same, of an allocator (not null) that others use, too.
    [[nodiscard]] static Result<BufferPool> create(std::shared_ptr<const Allocator> allocator,
                                                   PoolOptions options);

    /// A frame for `holder` (who is named to those who get none); waits for one at most `timeout`.
    /// One that is free is preferred, the longest returned first, to one that has to be made.
    ///
    /// ECANCELED: the pool is flushing, or `set_flushing(true)` was called while this waited.
    /// EAGAIN (without a timeout), ETIMEDOUT: all frames are taken; the error says by whom and
    /// since when. If no more could be made, any error of `allocate`, with the same added. Any
    /// errno of eventfd(2), of which a waiting thread needs one.
    [[nodiscard]] Result<Lease> acquire(std::string_view holder,
                                        std::chrono::milliseconds timeout = {});

    /// Lays frames out anew. Those whose dma-bufs are large enough stay, with index, descriptors
    /// and serial; others are freed, those that are held when they are returned. Then makes as many
    /// frames as `min` lacks.
    ///
    /// EINVAL: the layout has no dma-buf; the pool is as it was. Any error of `allocate`: the pool
    /// has the new layout, and fewer frames than `min`.
    [[nodiscard]] Result<void> reconfigure(BufferLayout layout);

    /// While `flushing`, `acquire` gives no frame: it fails at once with ECANCELED. So does each
    /// call that waits when flushing begins, even if it ends before that thread runs. Frames may be
    /// returned all the time, and stay in the pool. Never fails.
    void set_flushing(bool flushing);

    /// A descriptor for poll(2), epoll(7) or a main loop, in place of a thread that waits. It is
    /// readable (POLLIN) as long as a frame may be free: one is idle, or may be made, or the fences
    /// of one that was returned have signalled. Then call `acquire` without a timeout. It is
    /// level-triggered, so there is nothing to read from it, and it stays readable until nothing is
    /// free:
    ///
    /// - Another thread may be faster, so EAGAIN is no fault: poll again.
    /// - After EAGAIN it is not readable until something changes. After any error of `allocate`
    ///   neither, until a frame is returned or the pool is laid out anew; memory that others free
    ///   is not seen.
    /// - A frame of several dma-bufs may take one such EAGAIN for each.
    /// - While the pool is flushing it is readable, and `acquire` says ECANCELED: stop polling.
    ///
    /// The same at each call; owned by the pool, and valid as long as that. From the first call on,
    /// frames that become free, or the last one that is taken, cost the pool a system call, and a
    /// frame with fences two.
    ///
    /// Errors: the errno of epoll_create1(2), eventfd(2), epoll_ctl(2).
    [[nodiscard]] Result<int> poll_fd();

    /// Frames that exist.
    [[nodiscard]] std::size_t size() const;
    /// All that are held, or returned and not known to be idle, by index.
    [[nodiscard]] std::vector<PoolHolding> holdings() const;

  private:
    [[nodiscard]] static Result<BufferPool> create(FrameMemory memory, PoolOptions options);
    explicit BufferPool(std::shared_ptr<PoolState> state) : state_(std::move(state)) {}

    std::shared_ptr<PoolState> state_;
};

} // namespace heapsel
