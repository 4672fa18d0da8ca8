// SPDX-License-Identifier: LGPL-2.1-or-later
#include "player.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <format>
#include <poll.h>
#include <sys/signalfd.h>

namespace example {
namespace {

using std::chrono::steady_clock;

// Longer than any exposure or blanking takes, and short enough for a person who waits.
constexpr std::chrono::milliseconds patience{10'000};

} // namespace

heapsel::UniqueFd interrupts() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return heapsel::UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC));
}

Player::Player(Camera& camera, Display& display, int interrupt, std::optional<unsigned> count)
    : camera_(camera), display_(display), interrupt_(interrupt), count_(count) {
    for (std::size_t i = 0; i < camera.buffers(); ++i)
        copied_.push_back(!display.is_of(i, camera.memory(i)));
}

OrFailure<void> Player::play() {
    if (auto started = start(); !started)
        return started;
    while (!ended()) {
        std::array<pollfd, 3> ready{{{.fd = camera_.fd(), .events = POLLIN, .revents = 0},
                                     {.fd = display_.fd(), .events = POLLIN, .revents = 0},
                                     {.fd = interrupt_, .events = POLLIN, .revents = 0}}};
        const int count = ::poll(ready.data(), ready.size(), static_cast<int>(patience.count()));
        if (count < 0 && errno != EINTR)
            return failure(Status::failed, std::format("Cannot wait: {}.", std::strerror(errno)));
        if (count == 0)
            return nothing_comes();
        if (ready[2].revents != 0)
            interrupted_ = true;
        OrFailure<void> done;
        if (ready[1].revents != 0)
            done = take_flip();
        if (done && ready[0].revents != 0)
            done = take_frames();
        if (done)
            done = show_next();
        if (!done)
            return done;
    }
    return {};
}

OrFailure<void> Player::start() {
    if (auto started = camera_.start(); !started)
        return started;
    for (std::size_t i = 0; i < camera_.buffers(); ++i) {
        if (auto queued = again(i); !queued)
            return queued;
    }
    return {};
}

OrFailure<void> Player::take_frames() {
    const CameraEvents events = camera_.events();
    if (events.unplugged)
        return failure(Status::no_camera,
                       std::format("The camera {} was unplugged.", camera_.id()));
    for (const Captured& frame : events.frames) {
        if (auto taken = take(frame); !taken)
            return taken;
    }
    return {};
}

OrFailure<void> Player::take(const Captured& frame) {
    using Outcome = Captured::Outcome;
    if (frame.outcome == Outcome::cancelled)
        return failure(Status::no_camera,
                       std::format("The camera does not fill a buffer of {}: it is gone, or takes "
                                   "no such memory (LIBCAMERA_LOG_LEVELS=*:INFO says which). "
                                   "Require what it needs (--require contiguous), or take another "
                                   "heap.",
                                   camera_.memory(frame.buffer).heap()));
    ++played_.captured;
    note_time();
    const bool broken = frame.outcome == Outcome::broken;
    const auto late = broken ? Turns::Buffer(frame.buffer) : turns_.captured(frame.buffer);
    if (late)
        ++played_.dropped;
    return again(late);
}

OrFailure<void> Player::show_next() {
    const auto next = turns_.next();
    return next ? display_.show(*next) : OrFailure<void>();
}

OrFailure<void> Player::take_flip() {
    const auto flipped = display_.flipped();
    if (!flipped)
        return std::unexpected(flipped.error());
    if (!*flipped)
        return {};
    const auto shown = turns_.going();
    ++played_.shown;
    played_.copies += shown && copied_[*shown] ? 1U : 0U;
    note_time();
    return again(turns_.flipped());
}

OrFailure<void> Player::again(Turns::Buffer buffer) {
    if (!buffer || interrupted_ || queued_ == count_)
        return {};
    ++queued_;
    return camera_.queue(*buffer);
}

bool Player::ended() const {
    return turns_.at_rest() && (interrupted_ || played_.captured == count_);
}

std::unexpected<Failure> Player::nothing_comes() const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience).count();
    if (turns_.going())
        return failure(Status::no_display,
                       std::format("The display {} has shown nothing for {} seconds.",
                                   display_.name(), seconds));
    return failure(Status::no_camera,
                   std::format("The camera {} has given no frame for {} seconds. Is it still "
                               "there?",
                               camera_.id(), seconds));
}

void Player::note_time() {
    const auto now = steady_clock::now();
    if (!first_)
        first_ = now;
    played_.seconds = std::chrono::duration<double>(now - *first_).count();
}

} // namespace example
