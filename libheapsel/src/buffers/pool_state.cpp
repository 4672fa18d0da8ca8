// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffers/pool_state.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <format>
#include <iterator>
#include <ranges>
#include <span>
#include <utility>

#include <sys/eventfd.h>

#include <heapsel/printable.hpp>
#include <heapsel/unique_fd.hpp>

#include "base/joined.hpp"
#include "buffers/frame_fences.hpp"
#include "io/fences.hpp"

namespace heapsel {
namespace {

std::string described(const PoolHolding& holding) {
    return std::format("{} by {} for {} ms", holding.index,
                       holding.holder.empty() ? "a device, after its return,"
                                              : printable(holding.holder),
                       holding.age.count());
}

/// As precise as ages in milliseconds need it, and read without asking the hardware.
PoolClock::time_point coarse_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return PoolClock::time_point(std::chrono::seconds(now.tv_sec) +
                                 std::chrono::nanoseconds(now.tv_nsec));
}

/// Gives a lock up as long as it lives. However that ends, the lock is held again.
class Unlocked {
  public:
    explicit Unlocked(std::unique_lock<std::mutex>& lock) : lock_(lock) { lock_.unlock(); }
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;
    ~Unlocked() { lock_.lock(); }

  private:
    std::unique_lock<std::mutex>& lock_;
};

} // namespace

/// However a thread leaves, with an exception too: what it was woken for, another one may have to
/// look after. Lives as long as the lock is held, or given up for a moment.
class PoolState::Leaving {
  public:
    explicit Leaving(PoolState& pool) : pool_(pool) {}
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() {
        if (!pool_.waiters_.none())
            pool_.hand_on_locked(served_);
    }

    void served() { served_ = true; }

  private:
    PoolState& pool_;
    bool served_ = false;
};

/// A slot in which a frame is made: empty again, unless it was filled.
class PoolState::Making {
  public:
    Making(PoolState& pool, Slot& slot) : pool_(pool), slot_(slot) {
        pool_.use_locked(slot_, Use::being_made);
    }
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;
    ~Making() {
        if (slot_.use == Use::being_made) {
            pool_.can_make_ = again_;
            pool_.use_locked(slot_, Use::empty);
        }
    }

    void fill(std::shared_ptr<PoolFrame> frame) {
        slot_.frame = std::move(frame);
        pool_.can_make_ = true;
        pool_.use_locked(slot_, Use::idle);
    }
    /// What was made does not fit, and the next one may.
    void make_again() { again_ = true; }

  private:
    PoolState& pool_;
    Slot& slot_;
    bool again_ = false;
};

PoolState::PoolState(FrameMemory memory, PoolOptions options)
    : memory_(std::move(memory)), min_(options.min), name_(std::move(options.name)),
      layout_(std::make_shared<const BufferLayout>(std::move(options.layout))),
      slots_(options.max) {}

std::size_t PoolState::index_of(const Slot& slot) const {
    return static_cast<std::size_t>(&slot - slots_.data());
}

void PoolState::use_locked(Slot& slot, Use use) {
    if (slot.use == Use::empty && index_of(slot) == reached_)
        ++reached_;
    slot.leave();
    slot.use = use;
    slot.turn = ++turn_;
    if (use == Use::idle)
        slot.enter_before(idle_);
    else // Nobody asks for how long a frame has been idle.
        slot.since = coarse_now();
    if (!signal_)
        return;
    watch_locked(slot, first_of(slot));
    show_locked();
}

void PoolState::watch_locked(const Slot& slot, int dmabuf_fd) {
    if (!signal_)
        return;
    if (slot.use == Use::returned && dmabuf_fd >= 0)
        signal_->watch(index_of(slot), dmabuf_fd);
    else
        signal_->forget(index_of(slot));
}

int PoolState::first_of(const Slot& slot) {
    return slot.frame == nullptr ? -1 : slot.frame->buffers.front().fd();
}

void PoolState::show_locked() {
    if (signal_)
        signal_->show(flushing_ || !idle_.alone() || (can_make_ && empty_locked() != nullptr));
}

void PoolState::set_flushing(bool flushing) {
    const std::scoped_lock lock(mutex_);
    if (flushing && !flushing_)
        ++flushes_;
    flushing_ = flushing;
    if (flushing)
        waiters_.wake_all();
    show_locked();
}

Result<int> PoolState::poll_fd() {
    const std::scoped_lock lock(mutex_);
    if (!signal_) {
        auto made = PoolSignal::create(slots_.size());
        if (!made)
            return std::unexpected(
                Error{.code = made.error(),
                      .operation = "make a descriptor to poll",
                      .subject = name_,
                      .hint = "The pool needs two descriptors for it: close files, or raise "
                              "the limit on open ones."});
        signal_ = *std::move(made);
        for (const Slot& slot : reached())
            watch_locked(slot, first_of(slot));
        show_locked();
    }
    return signal_->fd();
}

PoolState::Slot* PoolState::longest_idle_locked() {
    return idle_.alone() ? nullptr : static_cast<Slot*>(idle_.next());
}

void PoolState::settle_locked(Slot& slot) {
    slot.use = Use::idle; // Its turn stays: it was returned when it was.
    QueuePlace* later = idle_.next();
    while (later != &idle_ && static_cast<Slot*>(later)->turn < slot.turn)
        later = later->next();
    slot.enter_before(*later);
}

PoolState::Slot* PoolState::empty_locked() {
    const auto found = std::ranges::find(reached(), Use::empty, &Slot::use);
    if (found != reached().end())
        return &*found;
    return reached_ < slots_.size() ? &slots_[reached_] : nullptr;
}

PoolState::Returned PoolState::returned_locked() const {
    Returned returned;
    for (std::size_t i = 0; i < reached_; ++i) {
        const Slot& slot = slots_[i];
        if (slot.use != Use::returned)
            continue;
        returned.marks.push_back({.index = i, .turn = slot.turn});
        returned.frames.push_back(slot.frame);
    }
    return returned;
}

HeldFrame PoolState::hold_locked(Slot& slot, std::string_view holder) {
    if (slot.holder != holder) // Needs memory: first, so that without it the frame stays idle.
        slot.holder = holder;
    if (slot.frame->layout != layout_)
        slot.frame->layout = layout_;
    use_locked(slot, Use::held);
    return {.frame = slot.frame.get(), .index = index_of(slot)};
}

std::vector<PoolHolding> PoolState::holdings_locked() const {
    const auto now = coarse_now();
    std::vector<PoolHolding> holdings;
    for (std::size_t i = 0; i < reached_; ++i) {
        const Slot& slot = slots_[i];
        if (slot.use == Use::held || slot.use == Use::returned)
            holdings.push_back(
                {.index = i,
                 .holder = slot.use == Use::held ? slot.holder : "",
                 .age = std::chrono::duration_cast<std::chrono::milliseconds>(now - slot.since)});
    }
    return holdings;
}

Error PoolState::flushed() const {
    return {.code = ECANCELED,
            .operation = "acquire a frame",
            .subject = name_,
            .hint = "The pool is flushing, or began to while this waited. It gives frames again "
                    "when that is switched off."};
}

Error PoolState::none_left(Lock& lock, bool waited, Result<void> made) const {
    if (!made)
        made = std::unexpected(explained(lock, std::move(made.error())));
    std::vector<std::string> holders;
    std::ranges::transform(holdings_locked(), std::back_inserter(holders), described);
    const std::string taken = joined(holders, ", ");
    if (!made) {
        if (!taken.empty())
            made.error().hint +=
                (made.error().hint.empty() ? "" : " ") + ("Taken are " + taken) + ".";
        return std::move(made.error());
    }
    return {.code = waited ? ETIMEDOUT : EAGAIN,
            .operation = "acquire a frame",
            .subject = name_,
            .hint = std::format("Of at most {} are taken {}. Return one, or let the pool have "
                                "more.",
                                slots_.size(), taken)};
}

void PoolState::hand_on_locked(bool served) {
    // Whoever got a frame leaves empty slots to those that return frames: those that wait have
    // failed to fill them.
    const auto may_come = [served](const Slot& slot) {
        return slot.use == Use::idle || slot.use == Use::returned ||
               (slot.use == Use::empty && !served);
    };
    if ((!served && reached_ < slots_.size()) || std::ranges::any_of(reached(), may_come))
        waiters_.wake_first();
}

Result<std::shared_ptr<PoolFrame>>
PoolState::make_frame(const BufferLayout& layout, std::size_t index, std::uint64_t serial) const {
    auto frame = std::make_shared<PoolFrame>();
    frame->serial = serial;
    const std::string name = std::format("{}-{}", name_, index);
    for (const std::uint32_t size : layout.buffer_sizes) {
        auto buffer = memory_.allocate(size, name);
        if (!buffer)
            return std::unexpected(std::move(buffer.error()));
        frame->buffers.push_back(*std::move(buffer));
    }
    return frame;
}

Result<void> PoolState::make(Lock& lock, Slot& slot) {
    Making making(*this, slot);
    const auto layout = layout_;
    const auto serial = ++serial_;
    auto made = [&] {
        const Unlocked unlocked(lock);
        return make_frame(*layout, index_of(slot), serial);
    }();
    if (!made)
        return std::unexpected(std::move(made.error()));
    if ((*made)->holds(*layout_))
        making.fill(*std::move(made));
    else // Another thread has changed the layout meanwhile.
        making.make_again();
    return {};
}

Error PoolState::explained(Lock& lock, Error not_made) const {
    if (not_made.code == ENOMEM && memory_.hint != nullptr) {
        const Unlocked unlocked(lock);
        not_made.hint = memory_.hint();
    }
    return not_made;
}

bool PoolState::settle(Lock& lock) {
    const Returned returned = returned_locked();
    if (returned.frames.empty())
        return false;
    const auto fences = [&] {
        const Unlocked unlocked(lock);
        return ask_frames(returned.frames);
    }();
    bool settled = false;
    for (const auto& [mark, answer] : std::views::zip(returned.marks, fences)) {
        Slot& slot = slots_[mark.index];
        // Another thread may have asked, too, and have found the frame idle.
        if (slot.turn != mark.turn || slot.use != Use::returned)
            continue;
        if (answer.idle) {
            settle_locked(slot);
            settled = true;
        }
        watch_locked(slot, answer.wait_for);
    }
    show_locked();
    return settled;
}

Result<bool> PoolState::wait_for_change(Lock& lock, PoolClock::time_point deadline) {
    const UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake)
        return std::unexpected(
            Error{.code = errno,
                  .operation = "wait for a frame",
                  .subject = name_,
                  .hint = "A thread that waits needs a descriptor: close files, or raise "
                          "the limit on open ones."});
    const PoolWaiters::Place place(waiters_, wake.get());
    const Returned returned = returned_locked();
    {
        const Unlocked unlocked(lock);
        const auto fences = ask_frames(returned.frames, wake.get());
        if (std::ranges::none_of(fences, &FrameFences::idle))
            wait_for_fences(busy_ones(fences), wake.get(), deadline);
    }
    return place.woken();
}

Result<HeldFrame> PoolState::acquire(std::string_view holder, std::chrono::milliseconds timeout) {
    Lock lock(mutex_);
    Slot* const slot = longest_idle_locked();
    if (slot == nullptr || flushing_)
        return acquire_other(lock, holder, timeout);
    Leaving leaving(*this);
    const HeldFrame held = hold_locked(*slot, holder);
    leaving.served();
    return held;
}

Result<HeldFrame> PoolState::acquire_other(Lock& lock, std::string_view holder,
                                           std::chrono::milliseconds timeout) {
    const bool waits = timeout > std::chrono::milliseconds::zero();
    const auto deadline = waits ? PoolClock::now() + timeout : PoolClock::time_point::min();
    Result<void> made;
    bool may_make = true;
    const std::uint64_t flushes = flushes_;
    Leaving leaving(*this);
    for (;;) {
        if (flushing_ || flushes_ != flushes)
            return std::unexpected(flushed());
        if (Slot* const slot = longest_idle_locked(); slot != nullptr) {
            const HeldFrame held = hold_locked(*slot, holder);
            leaving.served();
            return held;
        }
        // Meanwhile another thread may have returned one.
        if (settle(lock) || longest_idle_locked() != nullptr)
            continue;
        if (Slot* const slot = empty_locked(); slot != nullptr && may_make) {
            made = make(lock, *slot);
            may_make = made.has_value();
            continue;
        }
        if (PoolClock::now() >= deadline)
            return std::unexpected(none_left(lock, waits, std::move(made)));
        const auto woken = wait_for_change(lock, deadline);
        if (!woken)
            return std::unexpected(woken.error());
        may_make = may_make || *woken;
    }
}

void PoolState::give_back(std::size_t index, bool idle) {
    std::shared_ptr<PoolFrame> dropped; // Freed without the lock.
    const std::scoped_lock lock(mutex_);
    Slot& slot = slots_[index];
    if (slot.frame->layout == layout_ || slot.frame->holds(*layout_))
        use_locked(slot, idle ? Use::idle : Use::returned);
    else
        dropped = vacate_locked(slot);
    waiters_.wake_first();
}

void PoolState::drop(std::size_t index) {
    std::shared_ptr<PoolFrame> dropped; // Freed without the lock.
    const std::scoped_lock lock(mutex_);
    dropped = vacate_locked(slots_[index]);
    waiters_.wake_first();
}

std::shared_ptr<PoolFrame> PoolState::vacate_locked(Slot& slot) {
    auto frame = std::exchange(slot.frame, nullptr);
    can_make_ = true;
    use_locked(slot, Use::empty);
    return frame;
}

Result<void> PoolState::reconfigure(BufferLayout layout) {
    std::vector<std::shared_ptr<PoolFrame>> dropped; // Freed without the lock.
    dropped.reserve(slots_.size()); // Another thread may reach more of them meanwhile.
    auto shared = std::make_shared<const BufferLayout>(std::move(layout));
    {
        // From here on nothing needs memory: a slot is never left without the frame it names.
        const std::scoped_lock lock(mutex_);
        layout_ = std::move(shared);
        can_make_ = true;
        for (Slot& slot : reached()) {
            if ((slot.use != Use::idle && slot.use != Use::returned) || slot.frame->holds(*layout_))
                continue;
            dropped.push_back(vacate_locked(slot));
            waiters_.wake_first();
        }
        show_locked();
    }
    dropped.clear();
    return fill();
}

Result<void> PoolState::fill() {
    Lock lock(mutex_);
    for (;;) {
        const auto count = std::ranges::count_if(reached(), [&](const Slot& slot) {
            return slot.frame != nullptr && slot.frame->holds(*layout_);
        });
        Slot* const slot = empty_locked();
        if (std::cmp_greater_equal(count, min_) || slot == nullptr)
            return {};
        const Leaving leaving(*this);
        if (auto made = make(lock, *slot); !made)
            return std::unexpected(explained(lock, std::move(made.error())));
    }
}

std::size_t PoolState::size() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(reached(), [](const Slot& slot) { return slot.frame != nullptr; }));
}

std::vector<PoolHolding> PoolState::holdings() const {
    const std::scoped_lock lock(mutex_);
    return holdings_locked();
}

} // namespace heapsel
