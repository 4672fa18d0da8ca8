// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/run/frame_source.hpp"
#include "bandwidth/run/schedule.hpp"
#include "bandwidth/run/way.hpp"

namespace heapsel::bandwidth {

/// What one run of the command had, between the frame from which on it counts and its end.
struct Run {
    Step step;
    double seconds = 0;
    std::uint64_t frames = 0;
    std::vector<std::uint64_t> counts; ///< Of each event of the step's pass, in their order.
    std::uint64_t enabled_ns = 0;
    std::uint64_t running_ns = 0;
};

/// What a pass counts while the command does not run.
struct IdleRun {
    std::size_t pass = 0;
    double seconds = 0;
    std::vector<std::uint64_t> counts;
};

/// Why a way has no figures: the command failed in it.
struct FailedWay {
    std::size_t way = 0;
    std::string because; ///< A clause: "the command ended with status 3 in run 1".
};

/// What is measured, and with what.
struct Setting {
    MemoryCounter counter;
    std::vector<Way> ways;
    FrameSource frames;
    std::uint64_t warm = 0; ///< Frames of each run that come before those that count.
    std::size_t runs = 1;
    Order order = Order::abba;
    std::optional<double> idle_seconds; ///< Absent: it is not taken off.
    std::vector<std::string> command;   ///< None: what runs anyway, for `seconds`.
    std::optional<double> seconds;      ///< How long; absent of a command, which ends by itself.
    std::string label;
};

/// What is known of the machine; all texts are raw.
struct MachineNote {
    std::string model;
    std::vector<std::string> compatible;
    std::string kernel;
    std::string device;                     ///< "/dev/video1"; empty where none was named.
    std::string driver;                     ///< Of the device.
    std::map<std::string, bool> region_ecc; ///< Of those of which it is known.
    std::vector<std::string> clocks;        ///< "dmc: governor performance", where there are any.
};

/// All that was measured, as it was counted. A value.
struct Measurement {
    Setting setting;
    MachineNote machine;
    std::vector<Run> runs; ///< In the order in which they were made.
    std::vector<IdleRun> idle;
    std::vector<FailedWay> failed;
    std::vector<std::string> warnings; ///< Sentences.

    /// The events of a pass.
    [[nodiscard]] const std::vector<MemoryEvent>& events(std::size_t pass) const {
        return setting.counter.passes[pass].events;
    }
    /// Null where the way did not fail.
    [[nodiscard]] const FailedWay* failure(std::size_t way) const;
};

} // namespace heapsel::bandwidth
