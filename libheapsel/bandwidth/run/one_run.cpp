// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/one_run.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <format>
#include <optional>
#include <utility>

#include <poll.h>

#include "bandwidth/run/perf_group.hpp"
#include "bandwidth/run/work.hpp"

namespace heapsel::bandwidth {
namespace {

using Clock = std::chrono::steady_clock;

/// What all groups had counted, and how many frames there were.
struct Moment {
    Clock::time_point time;
    std::uint64_t frames = 0;
    std::vector<Reading> readings;
};

/// The groups of a pass.
class Counters {
  public:
    static Result<Counters> start(const std::vector<MemoryEvent>& events,
                                  const PerfPermission& permission) {
        Counters counters;
        for (auto& group : groups_of(events)) {
            auto opened = PerfGroup::open(std::move(group), permission);
            if (!opened)
                return std::unexpected(std::move(opened.error()));
            counters.groups_.push_back(*std::move(opened));
        }
        for (const PerfGroup& group : counters.groups_) {
            if (auto started = group.start(); !started)
                return std::unexpected(std::move(started.error()));
        }
        return counters;
    }

    [[nodiscard]] Result<Moment> now(std::uint64_t frames) const {
        Moment moment{.time = Clock::now(), .frames = frames, .readings = {}};
        for (const PerfGroup& group : groups_) {
            auto reading = group.read();
            if (!reading)
                return std::unexpected(std::move(reading.error()));
            moment.readings.push_back(*std::move(reading));
        }
        return moment;
    }

    /// The counts of all groups, one behind the other; the times are the first one's.
    [[nodiscard]] Result<Reading> difference(const Moment& first, const Moment& last) const {
        Reading all;
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            const auto one = between(first.readings[i], last.readings[i], groups_[i].events());
            if (!one)
                return std::unexpected(one.error());
            if (i == 0) {
                all.enabled_ns = one->enabled_ns;
                all.running_ns = one->running_ns;
            }
            all.counts.insert(all.counts.end(), one->counts.begin(), one->counts.end());
        }
        return all;
    }

  private:
    std::vector<PerfGroup> groups_;
};

double seconds_between(const Moment& first, const Moment& last) {
    return std::chrono::duration<double>(last.time - first.time).count();
}

/// Where the figures of a run begin and end.
struct Span {
    std::optional<Moment> first;
    Moment last;
};

/// Reads the counts as frames come, until what is measured has ended.
class Watch {
  public:
    Watch(const Counters& counters, const Instruments& instruments, std::uint64_t warm)
        : counters_(&counters), instruments_(&instruments), warm_(warm) {}

    Result<Span> follow(const Work& work) {
        FrameTrace* const frames = instruments_->frames;
        std::array waited{
            pollfd{.fd = work.fd(), .events = POLLIN, .revents = 0},
            pollfd{.fd = instruments_->signals->fd(), .events = POLLIN, .revents = 0},
            pollfd{.fd = frames == nullptr ? -1 : frames->fd(), .events = POLLIN, .revents = 0}};
        while (waited[0].revents == 0) {
            if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR)
                return std::unexpected(interrupted());
            if (waited[1].revents != 0)
                return std::unexpected(interrupted());
            if (auto looked = look(); !looked)
                return std::unexpected(std::move(looked.error()));
        }
        return std::move(span_);
    }

  private:
    Result<void> look() {
        FrameTrace* const frames = instruments_->frames;
        if (frames == nullptr)
            return {};
        if (auto taken = frames->take(); !taken)
            return taken;
        if (frames->frames() == span_.last.frames)
            return {};
        auto moment = counters_->now(frames->frames());
        if (!moment)
            return std::unexpected(std::move(moment.error()));
        if (!span_.first && moment->frames >= warm_)
            span_.first = *moment;
        span_.last = *std::move(moment);
        return {};
    }

    const Counters* counters_;
    const Instruments* instruments_;
    std::uint64_t warm_;
    Span span_;
};

std::string too_few(const Setting& setting, std::uint64_t frames, std::uint64_t warm) {
    if (setting.seconds)
        return std::format("the device gave out {} frames in {} seconds. Is it the one that is in "
                           "use? Else take a longer time",
                           frames, *setting.seconds);
    if (warm == 0)
        return "the device gave out no frame. Is it the one that the command uses?";
    return std::format(
        "the device gave out {} frames, and the first {} do not count. Is it the one "
        "that the command uses? Else take a longer clip, or a smaller --warm",
        frames, warm);
}

Result<RunOutcome> outcome_of(const Counters& counters, const Step& step, const Moment& first,
                              const Moment& last) {
    const auto counted = counters.difference(first, last);
    if (!counted)
        return std::unexpected(counted.error());
    return Run{.step = step,
               .seconds = seconds_between(first, last),
               .frames = last.frames - first.frames,
               .counts = counted->counts,
               .enabled_ns = counted->enabled_ns,
               .running_ns = counted->running_ns};
}

} // namespace

Result<RunOutcome> run_once(const Setting& setting, const Step& step,
                            const Instruments& instruments) {
    FrameTrace* const frames = instruments.frames;
    if (frames != nullptr) {
        if (auto begun = frames->begin(); !begun)
            return std::unexpected(std::move(begun.error()));
    }
    const auto counters =
        Counters::start(setting.counter.passes[step.pass].events, instruments.permission);
    if (!counters)
        return std::unexpected(counters.error());
    const auto start = counters->now(0);
    if (!start)
        return std::unexpected(start.error());
    auto work = Work::start(setting);
    if (!work)
        return std::unexpected(std::move(work.error()));
    const auto span = Watch(*counters, instruments, setting.warm).follow(*work);
    if (!span)
        return std::unexpected(span.error());
    const auto failed = work->end();
    const std::uint64_t all =
        frames == nullptr ? setting.frames.given.value_or(0) : frames->frames();
    const auto stop = counters->now(all);
    if (!stop)
        return std::unexpected(stop.error());
    if (failed)
        return *failed;
    if (frames != nullptr && setting.warm != 0) {
        if (!span->first || span->last.frames <= span->first->frames)
            return too_few(setting, all, setting.warm);
        return outcome_of(*counters, step, *span->first, span->last);
    }
    if (all == 0)
        return too_few(setting, all, 0);
    return outcome_of(*counters, step, *start, *stop);
}

Result<IdleRun> run_idle(const Setting& setting, std::size_t pass, const Instruments& instruments) {
    const auto counters =
        Counters::start(setting.counter.passes[pass].events, instruments.permission);
    if (!counters)
        return std::unexpected(counters.error());
    const auto start = counters->now(0);
    if (!start)
        return std::unexpected(start.error());
    using Time = std::chrono::duration<double>;
    if (auto passed = instruments.signals->pass(Time(setting.idle_seconds.value_or(0))); !passed)
        return std::unexpected(std::move(passed.error()));
    const auto stop = counters->now(0);
    if (!stop)
        return std::unexpected(stop.error());
    const auto counted = counters->difference(*start, *stop);
    if (!counted)
        return std::unexpected(counted.error());
    return IdleRun{
        .pass = pass, .seconds = seconds_between(*start, *stop), .counts = counted->counts};
}

} // namespace heapsel::bandwidth
