// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/fences.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <poll.h>

namespace heapsel {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<pollfd> writable(std::span<const int> fds) {
    std::vector<pollfd> wanted;
    wanted.reserve(fds.size() + 1);
    for (const int fd : fds)
        wanted.push_back({.fd = fd, .events = POLLOUT, .revents = 0});
    return wanted;
}

void poll_until(std::vector<pollfd>& wanted, Clock::time_point deadline) {
    constexpr std::int64_t longest = std::numeric_limits<int>::max();
    int ready = 0;
    do {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        ready = ::poll(wanted.data(), wanted.size(),
                       static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, longest)));
    } while (ready < 0 && errno == EINTR);
}

} // namespace

FenceState ask_fences(std::span<const int> dmabuf_fds) {
    auto wanted = writable(dmabuf_fds);
    poll_until(wanted, Clock::now());
    FenceState state;
    for (const pollfd& asked : wanted) {
        const bool signalled = (asked.revents & POLLOUT) != 0;
        state.signalled.push_back(signalled);
        state.lost.push_back(!signalled && asked.revents != 0);
    }
    return state;
}

void wait_for_fences(std::span<const int> dmabuf_fds, int wake_fd, Clock::time_point deadline) {
    auto wanted = writable(dmabuf_fds);
    wanted.push_back({.fd = wake_fd, .events = POLLIN, .revents = 0});
    poll_until(wanted, deadline);
}

} // namespace heapsel
