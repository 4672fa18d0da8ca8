// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffers/pool_signal.hpp"

#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace heapsel {
namespace {

constexpr int nothing = -1;   ///< Is watched: the frame is in use, or idle, or lost.
constexpr int unwatched = -2; ///< The kernel cannot watch it: it may be idle at any time.

/// 0, or the errno.
int add(int set, int fd, unsigned events) {
    epoll_event event{};
    event.events = events;
    return ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

} // namespace

std::expected<PoolSignal, int> PoolSignal::create(std::size_t frames) {
    UniqueFd set(::epoll_create1(EPOLL_CLOEXEC));
    if (!set)
        return std::unexpected(errno);
    UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event)
        return std::unexpected(errno);
    if (const int code = add(set.get(), event.get(), EPOLLIN); code != 0)
        return std::unexpected(code);
    return PoolSignal(std::move(set), std::move(event), frames);
}

PoolSignal::PoolSignal(UniqueFd set, UniqueFd event, std::size_t frames)
    : set_(std::move(set)), event_(std::move(event)), watched_(frames, nothing) {}

void PoolSignal::show(bool free) {
    free_ = free;
    update();
}

void PoolSignal::watch(std::size_t index, int dmabuf_fd) {
    int& watched = watched_[index];
    if (watched == dmabuf_fd)
        return;
    forget(index);
    switch (add(set_.get(), dmabuf_fd, EPOLLOUT)) {
    case 0:
        watched = dmabuf_fd;
        break;
    case EBADF:
    case EEXIST:
        break; // Somebody closed the descriptor: the frame never comes back.
    default:   // Without memory, or beyond the limit of watches, rather too often than never.
        watched = unwatched;
        ++unwatched_;
    }
    update();
}

void PoolSignal::forget(std::size_t index) {
    const int watched = std::exchange(watched_[index], nothing);
    if (watched == nothing)
        return;
    if (watched == unwatched)
        --unwatched_;
    else
        static_cast<void>(::epoll_ctl(set_.get(), EPOLL_CTL_DEL, watched, nullptr));
    update();
}

void PoolSignal::update() {
    const bool wanted = free_ || unwatched_ > 0;
    if (wanted == readable_)
        return;
    readable_ = wanted;
    eventfd_t value = 0;
    static_cast<void>(wanted ? ::eventfd_write(event_.get(), 1)
                             : ::eventfd_read(event_.get(), &value));
}

} // namespace heapsel
