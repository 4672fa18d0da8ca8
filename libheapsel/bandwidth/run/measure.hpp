// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <functional>

#include <heapsel/error.hpp>

#include "bandwidth/run/frame_trace.hpp"
#include "bandwidth/run/held_signals.hpp"
#include "bandwidth/run/kept_bindings.hpp"
#include "bandwidth/run/measurement.hpp"

namespace heapsel::bandwidth {

/// Is told what comes next, and how many runs there are.
using Progress = std::function<void(const Step& step, std::size_t number, std::size_t of)>;

/// Runs all steps of the setting, what is idle before and behind them, and gives what was counted
/// with `machine`. A way in which the command fails is not run again. The bindings are those of the
/// way meanwhile, and left as they are then: who owns `bindings` puts them back. `frames` is null
/// where the user says how many there are.
///
/// EINTR: a signal ended it. EOVERFLOW also: the kernel's log says that counts were lost. Else the
/// errors of run_once() and KeptBindings::apply().
[[nodiscard]] Result<Measurement> measure(Setting setting, MachineNote machine,
                                          const HeldSignals& signals, const KeptBindings& bindings,
                                          FrameTrace* frames, const Progress& progress);

/// Whether each pass of it can be opened now. The errors of PerfGroup::open().
[[nodiscard]] Result<void> check_counter(const MemoryCounter& counter);

} // namespace heapsel::bandwidth
