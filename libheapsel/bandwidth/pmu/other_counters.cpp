// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <cstddef>

#include "bandwidth/pmu/known_counter.hpp"

namespace heapsel::bandwidth {
namespace {

using enum Direction;
using enum Side;
using enum Share;
using Pass = std::array<KnownEvent, 2>;

// Rockchip's DFI monitor: bursts on the way to each channel's DRAM, made bytes by the driver.

constexpr std::string_view dfi = "Linux 7.3.4 drivers/devfreq/event/rockchip-dfi.c";
constexpr std::array<KnownEvent, 10> dfi_events{{
    of_all("read-bytes", read, dram, 1, dfi),
    of_all("write-bytes", write, dram, 1, dfi),
    of_one("read-bytes0", read, dram, 1, channel, "0", dfi),
    of_one("write-bytes0", write, dram, 1, channel, "0", dfi),
    of_one("read-bytes1", read, dram, 1, channel, "1", dfi),
    of_one("write-bytes1", write, dram, 1, channel, "1", dfi),
    of_one("read-bytes2", read, dram, 1, channel, "2", dfi),
    of_one("write-bytes2", write, dram, 1, channel, "2", dfi),
    of_one("read-bytes3", read, dram, 1, channel, "3", dfi),
    of_one("write-bytes3", write, dram, 1, channel, "3", dfi),
}};
constexpr KnownPass dfi_channels(std::size_t channels) {
    return KnownPass(dfi_events).first(2 + (channels * 2));
}
constexpr std::array<KnownPass, 1> rk3588_passes{dfi_channels(4)};
constexpr std::array<KnownPass, 1> rk3399_passes{dfi_channels(2)};
constexpr std::array<KnownPass, 1> rockchip_passes{dfi_channels(0)};
constexpr std::array<std::string_view, 2> rk3588{"rockchip,rk3588", "rockchip,rk3588s"};
constexpr std::array<std::string_view, 1> rk3399{"rockchip,rk3399"};
constexpr std::array<std::string_view, 2> rk356x{"rockchip,rk3566", "rockchip,rk3568"};
constexpr std::string_view dfi_type =
    "The driver knows LPDDR2 to LPDDR5; with DDR3 or DDR4 it counts 0 bytes.";
constexpr std::string_view dfi_megabyte = "What perf calls MB of these events is MiB.";
constexpr std::array<std::string_view, 2> rockchip_cautions{dfi_type, dfi_megabyte};
constexpr std::array<std::string_view, 4> rk3588_cautions{
    dfi_type, dfi_megabyte,
    "Channels are usually interleaved: a channel is then no region, but a share of all memory.",
    "Where fewer than four channels have memory, the kernel adds for the others what it never "
    "read: "
    "that is 0 in a kernel with CONFIG_INIT_STACK_ALL_ZERO, else anything."};

// Amlogic's monitor in the DRAM controller: grants of 16 bytes, all or of up to three AXI ports.

constexpr std::string_view meson = "Linux 7.3.4 drivers/perf/amlogic/meson_ddr_pmu_core.c";
constexpr std::string_view meson_port =
    "Linux 7.3.4 drivers/perf/amlogic/meson_ddr_pmu_core.c; the "
    "port: Documentation/admin-guide/perf/meson-ddr-pmu.rst";
constexpr std::array<KnownEvent, 4> meson_events{{
    of_all("total_rw_bytes", both, bus, 16, meson),
    of_one("chan_1_rw_bytes,vdec=1", both, bus, 16, master, "vdec", meson_port),
    of_one("chan_2_rw_bytes,hevc_front=1", both, bus, 16, master, "hevc front", meson_port),
    of_one("chan_3_rw_bytes,hevc_back=1", both, bus, 16, master, "hevc back", meson_port),
}};
constexpr std::array<KnownPass, 1> meson_passes{meson_events};
constexpr std::array<std::string_view, 4> meson_cautions{
    "It cannot tell what was read from what was written.",
    "Starting or stopping any of its events clears them all: nothing else may use this PMU at the "
    "same time.",
    "Its counts have to be read while it counts: once one event is stopped, the others lack up to "
    "their last tenth of a second.",
    "What perf calls MB of these events is MiB."};

// Intel's memory controllers. 64 bytes are a line of the cache.

constexpr std::string_view snb = "Linux 7.3.4 arch/x86/events/intel/uncore_snb.c";
constexpr std::string_view snbep = "Linux 7.3.4 arch/x86/events/intel/uncore_snbep.c";
constexpr std::array<KnownEvent, 5> client_imc{{
    of_all("data_reads", read, dram, 64, snb),
    of_all("data_writes", write, dram, 64, snb),
    of_one("gt_requests", both, bus, 64, master, "graphics and media", snb),
    of_one("ia_requests", both, bus, 64, master, "CPUs", snb),
    of_one("io_requests", both, bus, 64, master, "I/O", snb),
}};
constexpr Pass client_free_running{{
    of_all("data_read", read, dram, 64, snb),
    of_all("data_write", write, dram, 64, snb),
}};
constexpr Pass server_imc{{
    of_all("cas_count_read", read, dram, 64, snbep),
    of_all("cas_count_write", write, dram, 64, snbep),
}};
constexpr std::array<KnownPass, 1> client_imc_passes{client_imc};
constexpr std::array<KnownPass, 1> client_free_passes{client_free_running};
constexpr std::array<KnownPass, 1> server_imc_passes{server_imc};

// Servers whose driver or perf says what a count is.

constexpr std::string_view drw =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/thead/yitian710/sys/metrics.json";
constexpr std::array<KnownEvent, 3> drw_events{{
    of_all("hif_rd", read, bus, 64, drw),
    of_all("hif_wr", write, bus, 64, drw),
    of_all("hif_rmw", write, bus, 64, drw),
}};
constexpr std::string_view tx2 = "Linux 7.3.4 drivers/perf/thunderx2_pmu.c";
constexpr std::array<KnownEvent, 1> tx2_events{{
    of_all("data_transfers", both, dram, 64, tx2),
}};
constexpr std::string_view ucf =
    "Linux 7.3.4 Documentation/admin-guide/perf/nvidia-tegra410-pmu.rst";
constexpr Pass ucf_events{{
    of_all("mem_bytes_rd", read, bus, 1, ucf),
    of_all("mem_bytes_wr", write, bus, 1, ucf),
}};
constexpr std::array<KnownPass, 1> drw_passes{drw_events};
constexpr std::array<KnownPass, 1> tx2_passes{tx2_events};
constexpr std::array<KnownPass, 1> ucf_passes{ucf_events};
constexpr std::array<std::string_view, 1> tx2_cautions{
    "One of eight channels is counted, and the count multiplied."};
constexpr std::array<std::string_view, 1> ucf_cautions{
    "The memory of another socket and of the GPU is counted as well."};

// The virtual board: what the emulated CPUs load and store, to the byte.

constexpr std::string_view lab = "lab/traffic";
constexpr Pass lab_events{{
    of_all("read-bytes", read, bus, 1, lab),
    of_all("write-bytes", write, bus, 1, lab),
}};
constexpr std::array<KnownPass, 1> lab_passes{lab_events};
constexpr std::array<std::string_view, 1> lab_cautions{
    "It counts what the CPUs of an emulator load and store. There are no caches and no ECC, and a "
    "decoder is a program."};

constexpr std::array<KnownCounter, 12> other_rows{{
    {.pmu = "rockchip_ddr",
     .identifier = {},
     .machines = rk3588,
     .event = {},
     .soc = "RK3588",
     .passes = rk3588_passes,
     .cautions = rk3588_cautions,
     .region_term = {}},
    {.pmu = "rockchip_ddr",
     .identifier = {},
     .machines = rk3399,
     .event = {},
     .soc = "RK3399",
     .passes = rk3399_passes,
     .cautions = rockchip_cautions,
     .region_term = {}},
    {.pmu = "rockchip_ddr",
     .identifier = {},
     .machines = rk356x,
     .event = {},
     .soc = "RK3566, RK3568",
     .passes = rockchip_passes,
     .cautions = rockchip_cautions,
     .region_term = {}},
    {.pmu = "rockchip_ddr",
     .identifier = {},
     .machines = {},
     .event = {},
     .soc = "Rockchip",
     .passes = rockchip_passes,
     .cautions = rockchip_cautions,
     .region_term = {}},
    {.pmu = "meson_ddr_bw",
     .identifier = {},
     .machines = {},
     .event = {},
     .soc = "Amlogic G12A, G12B, SM1",
     .passes = meson_passes,
     .cautions = meson_cautions,
     .region_term = {}},
    {.pmu = "uncore_imc",
     .identifier = {},
     .machines = {},
     .event = "data_reads",
     .soc = "Intel Core",
     .passes = client_imc_passes,
     .cautions = {},
     .region_term = {}},
    {.pmu = "uncore_imc_free_running*",
     .identifier = {},
     .machines = {},
     .event = "data_read",
     .soc = "Intel Core",
     .passes = client_free_passes,
     .cautions = {},
     .region_term = {}},
    {.pmu = "uncore_imc*",
     .identifier = {},
     .machines = {},
     .event = "cas_count_read",
     .soc = "Intel Xeon",
     .passes = server_imc_passes,
     .cautions = {},
     .region_term = {}},
    {.pmu = "ali_drw_*",
     .identifier = {},
     .machines = {},
     .event = {},
     .soc = "T-Head Yitian 710",
     .passes = drw_passes,
     .cautions = {},
     .region_term = {}},
    {.pmu = "uncore_dmc_*",
     .identifier = {},
     .machines = {},
     .event = "data_transfers",
     .soc = "ThunderX2",
     .passes = tx2_passes,
     .cautions = tx2_cautions,
     .region_term = {}},
    {.pmu = "nvidia_ucf_pmu_*",
     .identifier = {},
     .machines = {},
     .event = "mem_bytes_rd",
     .soc = "Tegra410",
     .passes = ucf_passes,
     .cautions = ucf_cautions,
     .region_term = {}},
    {.pmu = "lab_ddr",
     .identifier = {},
     .machines = {},
     .event = {},
     .soc = "the virtual board",
     .passes = lab_passes,
     .cautions = lab_cautions,
     .region_term = "region",
     .emulator = true},
}};

} // namespace

std::span<const KnownCounter> other_counters() {
    return other_rows;
}

} // namespace heapsel::bandwidth
