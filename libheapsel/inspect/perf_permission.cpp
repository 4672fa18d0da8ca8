// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/perf_permission.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include <linux/capability.h>

#include "io/attribute.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

constexpr std::size_t longest_status = 64U << 10U;

/// It can be below zero.
std::optional<int> paranoia(const std::filesystem::path& file) {
    const auto line = read_attribute(file);
    if (!line)
        return std::nullopt;
    int value = 0;
    const char* const end = line->data() + line->size();
    const auto [stop, failure] = std::from_chars(line->data(), end, value);
    return failure == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

} // namespace

bool may_count(std::string_view status) {
    constexpr std::string_view key = "\nCapEff:\t";
    const auto found = status.find(key);
    if (found == std::string_view::npos)
        return false;
    std::uint64_t set = 0;
    std::from_chars(status.data() + found + key.size(), status.data() + status.size(), set, 16);
    constexpr std::uint64_t enough = UINT64_C(1) << CAP_PERFMON | UINT64_C(1) << CAP_SYS_ADMIN;
    return (set & enough) != 0;
}

PerfPermission read_perf_permission(const std::filesystem::path& root) {
    const auto status = read_file(root / "proc/self/status", longest_status);
    return {.paranoid = paranoia(root / "proc/sys/kernel/perf_event_paranoid"),
            .capable = status && may_count(*status)};
}

} // namespace heapsel
