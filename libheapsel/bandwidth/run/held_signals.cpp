// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/held_signals.hpp"

#include <cerrno>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace heapsel::bandwidth {
namespace {

/// Held back, a signal would be seen that is ignored otherwise, as nohup(1) has it.
bool is_ignored(int signal) {
    struct sigaction action{};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t ending_signals() {
    sigset_t signals{};
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        if (!is_ignored(signal))
            ::sigaddset(&signals, signal);
    }
    return signals;
}

} // namespace

Result<HeldSignals> HeldSignals::hold() {
    HeldSignals held;
    const sigset_t signals = ending_signals();
    held.fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!held.fd_)
        return std::unexpected(Error{.code = errno,
                                     .operation = "hold back the signals that end a program",
                                     .subject = {},
                                     .hint = {}});
    ::sigprocmask(SIG_BLOCK, &signals, &held.before_);
    return held;
}

HeldSignals::~HeldSignals() {
    if (!fd_)
        return;
    signalfd_siginfo taken{};
    while (::read(fd_.get(), &taken, sizeof taken) > 0) {
    }
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Result<void> HeldSignals::pass(std::chrono::duration<double> time) const {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd waited{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left > 0 ? left : 0));
        if (ready > 0)
            return std::unexpected(interrupted());
        if (ready == 0)
            return {};
    }
}

Error interrupted() {
    return {.code = EINTR,
            .operation = "measure",
            .subject = {},
            .hint = "A signal ended it; there is no report."};
}

} // namespace heapsel::bandwidth
