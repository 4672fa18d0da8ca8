// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <string>
#include <variant>
#include <vector>

#include <heapsel/error.hpp>

#include "bandwidth/run/frame_trace.hpp"
#include "bandwidth/run/held_signals.hpp"
#include "bandwidth/run/measurement.hpp"
#include "inspect/perf_permission.hpp"

namespace heapsel::bandwidth {

/// What all runs share.
struct Instruments {
    const HeldSignals* signals = nullptr;
    FrameTrace* frames = nullptr; ///< Null where the user says how many frames there are.
    PerfPermission permission;
};

/// The run, or why the command failed in it: a clause.
using RunOutcome = std::variant<Run, std::string>;

/// Runs the command once, or waits for the time, with the events of a pass counted from its
/// `warm`-th frame to its last one; without warm frames, from before its start to its end. The
/// counts are read as frames come: so what starting and ending cost is in no figure, and the
/// command need not be able to play a part, as it would have to for the difference of a short and a
/// long run.
///
/// The errors of PerfGroup, between(), FrameTrace and Work; EINTR: a signal came, and the command
/// was ended.
[[nodiscard]] Result<RunOutcome> run_once(const Setting& setting, const Step& step,
                                          const Instruments& instruments);

/// Counts a pass for a while without the command. The same errors.
[[nodiscard]] Result<IdleRun> run_idle(const Setting& setting, std::size_t pass,
                                       const Instruments& instruments);

} // namespace heapsel::bandwidth
