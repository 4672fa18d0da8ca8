// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer_pool.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include "buffers/pool_state.hpp"

namespace heapsel {
namespace {

constexpr std::size_t most_frames = 4096;
constexpr std::chrono::milliseconds longest_wait = std::chrono::days(365);

Result<void> check(const BufferLayout& layout, const std::string& pool) {
    if (!layout.buffer_sizes.empty())
        return {};
    return std::unexpected(Error{.code = EINVAL,
                                 .operation = "lay out the frames of a pool",
                                 .subject = pool,
                                 .hint = "A layout has at least one dma-buf."});
}

Result<void> check(const PoolOptions& options) {
    if (options.max > 0 && options.max <= most_frames && options.min <= options.max)
        return check(options.layout, options.name);
    return std::unexpected(Error{
        .code = EINVAL,
        .operation = std::format("make a pool of {} to {} frames", options.min, options.max),
        .subject = options.name,
        .hint = std::format("The limit is from 1 to {}, and not below the minimum.", most_frames)});
}

} // namespace

Lease::Lease(std::shared_ptr<PoolState> pool, PoolFrame& frame, std::size_t index)
    : pool_(std::move(pool)), frame_(&frame), index_(index), serial_(frame.serial) {}

Lease& Lease::operator=(Lease&& other) noexcept {
    const Lease old(std::move(*this));
    pool_ = std::move(other.pool_);
    frame_ = other.frame_;
    index_ = other.index_;
    serial_ = other.serial_;
    return *this;
}

const BufferLayout& Lease::layout() const {
    return *frame_->layout;
}

int Lease::fd(std::size_t buffer) {
    if (pool_ == nullptr || buffer >= layout().buffer_sizes.size())
        return -1;
    frame_->shared = true;
    return frame_->buffers[buffer].fd();
}

Result<CpuAccess> Lease::begin_access(Access access, Fences fences, std::size_t buffer) {
    const auto refused = [&](int code, std::string hint) {
        return std::unexpected(
            Error{.code = code,
                  .operation = "begin CPU access",
                  .subject = std::format("dma-buf {} of frame {}", buffer, index_),
                  .hint = std::move(hint)});
    };
    if (pool_ == nullptr)
        return refused(EBADF, "The frame was released; acquire another one.");
    if (buffer >= layout().buffer_sizes.size())
        return refused(EINVAL, std::format("A frame has {} of them, counted from 0.",
                                           layout().buffer_sizes.size()));
    return frame_->buffers[buffer].begin_access(access,
                                                frame_->shared ? fences : Fences::signalled);
}

void Lease::release(Fences fences) {
    if (const auto pool = std::move(pool_))
        pool->give_back(index_, fences == Fences::signalled || !frame_->shared);
}

void Lease::discard() {
    if (const auto pool = std::move(pool_))
        pool->drop(index_);
}

Result<BufferPool> BufferPool::create(FrameMemory memory, PoolOptions options) {
    if (auto checked = check(options); !checked)
        return std::unexpected(std::move(checked.error()));
    const auto state = std::make_shared<PoolState>(std::move(memory), std::move(options));
    if (auto filled = state->fill(); !filled)
        return std::unexpected(std::move(filled.error()));
    return BufferPool(state);
}

Result<BufferPool> BufferPool::create(Allocate allocate, PoolOptions options) {
    return create(FrameMemory{.allocate = std::move(allocate), .hint = {}}, std::move(options));
}

Result<BufferPool> BufferPool::create(Allocator allocator, PoolOptions options) {
    return create(std::make_shared<const Allocator>(std::move(allocator)), std::move(options));
}

Result<BufferPool> BufferPool::create(std::shared_ptr<const Allocator> allocator,
                                      PoolOptions options) {
    FrameMemory memory{.allocate =
                           [allocator](std::size_t size, std::string_view name) {
                               return allocator->try_allocate(size, name);
                           },
                       .hint = [allocator] { return allocator->exhaustion_hint(); }};
    return create(std::move(memory), std::move(options));
}

Result<Lease> BufferPool::acquire(std::string_view holder, std::chrono::milliseconds timeout) {
    auto held = state_->acquire(holder, std::clamp(timeout, timeout.zero(), longest_wait));
    if (!held)
        return std::unexpected(std::move(held.error()));
    return Lease(state_, *held->frame, held->index);
}

Result<void> BufferPool::reconfigure(BufferLayout layout) {
    if (auto checked = check(layout, state_->name()); !checked)
        return checked;
    return state_->reconfigure(std::move(layout));
}

void BufferPool::set_flushing(bool flushing) {
    state_->set_flushing(flushing);
}

Result<int> BufferPool::poll_fd() {
    return state_->poll_fd();
}

std::size_t BufferPool::size() const {
    return state_->size();
}

std::vector<PoolHolding> BufferPool::holdings() const {
    return state_->holdings();
}

} // namespace heapsel
