// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/work.hpp"

#include <cerrno>
#include <cmath>

#include <sys/timerfd.h>

namespace heapsel::bandwidth {
namespace {

Result<UniqueFd> timer(double seconds) {
    UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    double whole = 0;
    itimerspec when{};
    when.it_value.tv_nsec = static_cast<long>(std::modf(seconds, &whole) * 1e9);
    when.it_value.tv_sec = static_cast<time_t>(whole);
    if (!fd || ::timerfd_settime(fd.get(), 0, &when, nullptr) != 0)
        return std::unexpected(
            Error{.code = errno, .operation = "measure a time", .subject = "timerfd", .hint = {}});
    return fd;
}

} // namespace

Result<Work> Work::start(const Setting& setting) {
    if (setting.seconds)
        return timer(*setting.seconds).transform([](UniqueFd fd) { return Work(std::move(fd)); });
    return Child::start(setting.command).transform([](Child child) {
        return Work(std::move(child));
    });
}

int Work::fd() const {
    const auto* const child = std::get_if<Child>(&what_);
    return child != nullptr ? child->fd() : std::get<UniqueFd>(what_).get();
}

std::optional<std::string> Work::end() {
    auto* const child = std::get_if<Child>(&what_);
    if (child == nullptr)
        return std::nullopt;
    const ChildEnd end = child->wait();
    return end.well() ? std::nullopt : std::optional("the command " + end.describe());
}

} // namespace heapsel::bandwidth
