// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/accounting.hpp>

namespace heapsel {

/// A limit of a cgroup that this process is in, or of one of its ancestors. In bytes. A value.
struct CgroupLimit {
    Controller controller = Controller::none; ///< memcg or dmem.
    std::string file;                         ///< That holds the limit, under the scanned root.
    std::string region;                       ///< Of dmem. Raw.
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
    friend bool operator==(const CgroupLimit&, const CgroupLimit&) = default;
};

/// Which cgroup of the unified hierarchy /proc/self/cgroup names; nothing if it names none, or a
/// path that could lead out of the hierarchy. Pure.
[[nodiscard]] std::optional<std::filesystem::path> unified_cgroup(std::string_view text);

/// The limits on this process of the machine whose files stand under `root`, the nearest first;
/// what is "max" is no limit. None where there is no unified hierarchy in /sys/fs/cgroup.
[[nodiscard]] std::vector<CgroupLimit> read_cgroup_limits(const std::filesystem::path& root);

} // namespace heapsel
