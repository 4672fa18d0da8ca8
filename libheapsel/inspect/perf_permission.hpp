// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace heapsel {

/// Who may count what a whole machine does, by perf_event_open(2). A value.
struct PerfPermission {
    std::optional<int>
        paranoid;         ///< kernel.perf_event_paranoid; absent where the kernel has no perf.
    bool capable = false; ///< This process has CAP_PERFMON or CAP_SYS_ADMIN.

    /// PMUs that are not a CPU's may be opened.
    [[nodiscard]] bool granted() const { return paranoid && (*paranoid <= 0 || capable); }
};

/// The line CapEff of `status`, which is /proc/PID/status, has one of the two. Pure.
[[nodiscard]] bool may_count(std::string_view status);

/// Of this process and the machine whose /proc stands under `root`. What cannot be read is as if it
/// were not there.
[[nodiscard]] PerfPermission read_perf_permission(const std::filesystem::path& root);

} // namespace heapsel
