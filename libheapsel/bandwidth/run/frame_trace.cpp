// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/frame_trace.hpp"

#include <array>
#include <cerrno>
#include <format>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/attribute.hpp"

namespace heapsel::bandwidth {
namespace {

namespace fs = std::filesystem;

constexpr const char* event_directory = "events/v4l2/v4l2_dqbuf";
constexpr std::array tracefs_places{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
constexpr const char* without_it = " Or say how many frames a run has: --frames-from count:N.";

std::string trace_hint(int code) {
    switch (code) {
    case EACCES:
    case EPERM:
        return std::string("Only root may: run it as root.") + without_it;
    case ENODEV:
        return std::string("tracefs is not mounted: sudo mount -t tracefs tracefs "
                           "/sys/kernel/tracing.") +
               without_it;
    case ENOENT:
        return std::string("The kernel has no event v4l2:v4l2_dqbuf: the module videodev is not "
                           "loaded, or it was built without CONFIG_FTRACE.") +
               without_it;
    default:
        return {};
    }
}

std::unexpected<Error> no_trace(int code, const std::string& subject) {
    return std::unexpected(Error{.code = code,
                                 .operation = "count frames by the kernel's trace",
                                 .subject = subject,
                                 .hint = trace_hint(code)});
}

/// Who may not look into it gets EACCES; a directory that is not mounted is empty.
Result<fs::path> find_tracefs() {
    for (const char* const place : tracefs_places) {
        if (::access((fs::path(place) / "trace_clock").c_str(), F_OK) == 0)
            return place;
        if (errno == EACCES || errno == EPERM)
            return no_trace(errno, place);
    }
    return no_trace(ENODEV, tracefs_places.front());
}

} // namespace

Result<FrameTrace> FrameTrace::open(unsigned minor) {
    const auto tracefs = find_tracefs();
    if (!tracefs)
        return std::unexpected(tracefs.error());
    if (::access((*tracefs / event_directory).c_str(), F_OK) != 0)
        return no_trace(errno, *tracefs / event_directory);
    fs::path instance = *tracefs / "instances" / std::format("heapsel-{}", ::getpid());
    if (::mkdir(instance.c_str(), 0700) != 0)
        return no_trace(errno, instance);
    FrameTrace trace(std::move(instance));
    if (const auto ready = trace.set_up(minor); !ready)
        return std::unexpected(ready.error());
    return trace;
}

Result<void> FrameTrace::set_up(unsigned minor) {
    const fs::path event = instance_ / event_directory;
    // Who reads is woken by each frame, where older kernels wait for more.
    static_cast<void>(write_attribute(instance_ / "buffer_percent", "0"));
    for (const auto& [file, text] : {std::pair(event / "filter", frame_filter(minor)),
                                     std::pair(event / "enable", std::string("1"))}) {
        if (const int code = write_attribute(file, text); code != 0)
            return no_trace(code, file);
    }
    pipe_.reset(::open((instance_ / "trace_pipe").c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!pipe_)
        return no_trace(errno, instance_ / "trace_pipe");
    return {};
}

FrameTrace::FrameTrace(FrameTrace&& other) noexcept
    : instance_(std::exchange(other.instance_, {})), pipe_(std::move(other.pipe_)),
      count_(std::move(other.count_)) {}

FrameTrace::~FrameTrace() {
    if (instance_.empty())
        return;
    // An instance with an open pipe is busy.
    pipe_.reset();
    ::rmdir(instance_.c_str());
}

Result<void> FrameTrace::begin() {
    if (const auto taken = take(); !taken)
        return taken;
    count_ = {};
    return {};
}

Result<void> FrameTrace::take() {
    std::array<char, 4096> text{};
    for (;;) {
        const ssize_t length = ::read(pipe_.get(), text.data(), text.size());
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && errno != EAGAIN)
            return no_trace(errno, instance_ / "trace_pipe");
        if (length <= 0)
            break;
        count_.take({text.data(), static_cast<std::size_t>(length)});
    }
    if (count_.lost())
        return std::unexpected(Error{.code = ENOBUFS,
                                     .operation = "count frames by the kernel's trace",
                                     .subject = instance_,
                                     .hint = "There were more than this program could read in "
                                             "time, and how many is not known."});
    return {};
}

} // namespace heapsel::bandwidth
