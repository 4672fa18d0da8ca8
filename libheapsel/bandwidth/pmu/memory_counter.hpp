// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

enum class Direction : std::uint8_t { read, write, both };

/// Which side of the memory controller is counted: what the masters asked for, or what went over
/// the DRAM's bus. They differ by refills, partial writes and inline ECC.
enum class Side : std::uint8_t { bus, dram };

/// Whose bytes: those of all, of one master, of one channel, of one region of memory.
enum class Share : std::uint8_t { all, master, channel, region };

/// "read", "write", "both"; "bus", "dram"; "all", "master", "channel", "region".
[[nodiscard]] std::string_view to_string(Direction direction);
[[nodiscard]] std::string_view to_string(Side side);
[[nodiscard]] std::string_view to_string(Share share);

/// One event to open with perf_event_open(2), and what one count of it is. Events of a pass that
/// agree in direction, side, share and `of` are parts of one figure: their bytes add up.
struct MemoryEvent {
    std::string pmu;   ///< Its name in sysfs.
    std::string words; ///< As perf takes them: "axid-read,axi_id=0x7c".
    Direction direction = Direction::both;
    Side side = Side::dram;
    Share share = Share::all;
    std::string of; ///< The master, channel or region; empty for all.
    /// Below 0, its bytes are taken off: some controllers count more, and beside it by how much.
    std::int64_t bytes_per_count = 1;
    std::string source; ///< Where that is from: a file of Linux and its version, a manual.
    /// For struct perf_event_attr.
    std::uint32_t type = 0;
    std::uint64_t config = 0;
    std::uint64_t config1 = 0;
    std::uint64_t config2 = 0;
    int cpu = 0; ///< The first of the PMU's cpumask. Such a PMU counts for all of them.

    bool operator==(const MemoryEvent&) const = default;
};

/// What has to be open at the same time, to be opened in this order, those of one PMU and CPU as
/// one group (PERF_FORMAT_GROUP), and to be read before it is disabled: where events share a
/// hardware counter's state, starting or stopping one disturbs those that it does not start or stop
/// with. An event that is open and never runs (time_running) has met another user of its PMU.
///
/// Passes are run one after another: a PMU has few counters, and one filter for several.
struct CounterPass {
    std::vector<MemoryEvent> events;

    bool operator==(const CounterPass&) const = default;
};

/// What counts the traffic of a memory, and all that it can tell. A value.
struct MemoryCounter {
    std::string name; ///< "imx8_ddr0", "lab_ddr"
    std::string soc;  ///< "i.MX 8M Plus"
    bool emulator = false;
    bool by_region = false;
    bool by_master = false;
    bool stops_at_overflow =
        false; ///< A count that was read too late is lost, and is not seen to be.
    std::vector<CounterPass> passes;
    std::vector<std::string> cautions; ///< What who reads its figures has to know; sentences.

    bool operator==(const MemoryCounter&) const = default;
};

/// Those of the machine whose files stand under `root` ("/" for this one), sorted by name; none
/// where its kernel has no PMU at all. A PMU that counts something else is passed over.
///
/// The errors are those of pmu_names(), read_pmu() and encode_event(): a PMU that is known to count
/// memory describes itself in a way that makes no sense.
[[nodiscard]] Result<std::vector<MemoryCounter>>
find_memory_counters(const std::filesystem::path& root);

} // namespace heapsel::bandwidth
