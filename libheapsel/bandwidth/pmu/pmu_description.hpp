// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

/// More files than any PMU has in one directory, and more CPUs than any machine.
inline constexpr std::size_t max_pmu_files = 4096;
inline constexpr std::size_t max_pmu_cpus = 16384;

/// Lines of files by the names of these.
using TextByName = std::map<std::string, std::string, std::less<>>;

/// What a performance monitoring unit that is not a CPU's says of itself in sysfs. A value; the
/// texts are untrusted.
struct PmuDescription {
    std::string name;
    std::uint32_t type = 0; ///< For struct perf_event_attr.
    std::vector<int> cpus;  ///< Its cpumask: where it is to be opened, once on each. In order.
    std::string identifier; ///< Of the hardware; empty where it says none.
    TextByName formats;     ///< "event" -> "config:0-7"
    TextByName events;      ///< "read-cycles" -> "event=0x2a"; without units and scales.
    /// Of the emulator's alone: 1 -> "nonecc@58000000", from the files of its directory `regions`.
    std::map<std::uint64_t, std::string> regions;
};

/// "0-1,4" as numbers in order.
///
/// EINVAL: it is no list of CPUs. ERANGE: a number that no CPU has. The subject is the text.
[[nodiscard]] Result<std::vector<int>> parse_cpu_list(std::string_view text);

/// The names of all PMUs of the machine whose files stand under `root`, sorted; none where its
/// kernel has no PMU at all. The errno of Directory where they cannot be listed.
[[nodiscard]] Result<std::vector<std::string>> pmu_names(const std::filesystem::path& root);

/// What the one called `name` says of itself.
///
/// EINVAL: it leads out of `root`'s sysfs, or a file of it makes no sense. ERANGE: a number is too
/// large. E2BIG: it has too many files. Else as read_attribute(); the subject is the file.
[[nodiscard]] Result<PmuDescription> read_pmu(const std::filesystem::path& root,
                                              const std::string& name);

} // namespace heapsel::bandwidth
