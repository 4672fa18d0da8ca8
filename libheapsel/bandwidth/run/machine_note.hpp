// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>

#include "bandwidth/run/measurement.hpp"

namespace heapsel::bandwidth {

/// What a report says of the machine whose files stand under `root`, the running kernel's name
/// included; nothing of a device. What cannot be read is left out.
[[nodiscard]] MachineNote read_machine_note(const std::filesystem::path& root);

} // namespace heapsel::bandwidth
