// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include "bandwidth/pmu/known_counter.hpp"

namespace heapsel::bandwidth {
namespace {

using enum Direction;
using enum Side;
using enum Share;
using Pass = std::array<KnownEvent, 2>;

// i.MX 6: the profiling counters of the MMDC, 32 bits each, which count what comes in on its AXI
// bus.

constexpr std::string_view mmdc = "Linux 7.3.4 arch/arm/mach-imx/mmdc.c";
constexpr std::string_view mmdc_tool =
    "Linux 7.3.4 arch/arm/mach-imx/mmdc.c; the id: mmdc.h of Freescale's mmdc tool, 2013";

constexpr Pass mmdc_all{{
    of_all("read-bytes", read, bus, 1, mmdc),
    of_all("write-bytes", write, bus, 1, mmdc),
}};
constexpr Pass mmdc_vpu_6q{{
    of_one("read-bytes,axi_id=0x3f0013", read, bus, 1, master, "vpu", mmdc_tool),
    of_one("write-bytes,axi_id=0x3f0013", write, bus, 1, master, "vpu", mmdc_tool),
}};
constexpr Pass mmdc_vpu_6dl{{
    of_one("read-bytes,axi_id=0x3f000b", read, bus, 1, master, "vpu", mmdc_tool),
    of_one("write-bytes,axi_id=0x3f000b", write, bus, 1, master, "vpu", mmdc_tool),
}};
constexpr std::array<KnownPass, 2> imx6q_passes{mmdc_all, mmdc_vpu_6q};
constexpr std::array<KnownPass, 2> imx6dl_passes{mmdc_all, mmdc_vpu_6dl};
constexpr std::array<KnownPass, 1> imx6_passes{mmdc_all};
constexpr std::array<std::string_view, 2> imx6q{"fsl,imx6q", "fsl,imx6qp"};
constexpr std::array<std::string_view, 1> imx6dl{"fsl,imx6dl"};
constexpr std::array<std::string_view, 2> mmdc_cautions{
    "Starting or stopping any of its events clears or freezes them all, and the filter is the "
    "one of the event that was started last: nothing else may use this PMU at the same time.",
    "The counters have 32 bits and are read once a second: more than 4 GiB in one direction "
    "within a second are lost."};

// i.MX 8M: counters 1 to 3 for events, one filter for all. read-cycles and write-cycles count
// clocks of the controller with data on the DRAM's bus, four beats of it each.

constexpr std::string_view mq_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx8mq/sys/metrics.json";
constexpr std::string_view mm_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx8mm/sys/metrics.json";
constexpr std::string_view mn_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx8mn/sys/metrics.json";
constexpr std::string_view mp_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx8mp/sys/metrics.json, "
    "drivers/perf/fsl_imx8_ddr_perf.c";
constexpr std::string_view mp_like_mm =
    "read-cycles, write-cycles: as Linux 7.3.4 has it for i.MX 8M Mini, whose memory is as wide";

constexpr Pass imx8mq_dram{{
    of_all("read-cycles", read, dram, 16, mq_metrics),
    of_all("write-cycles", write, dram, 16, mq_metrics),
}};
constexpr Pass imx8mm_dram{{
    of_all("read-cycles", read, dram, 16, mm_metrics),
    of_all("write-cycles", write, dram, 16, mm_metrics),
}};
constexpr Pass imx8mn_dram{{
    of_all("read-cycles", read, dram, 8, mn_metrics),
    of_all("write-cycles", write, dram, 8, mn_metrics),
}};
constexpr Pass imx8mp_dram{{
    of_all("read-cycles", read, dram, 16, mp_like_mm),
    of_all("write-cycles", write, dram, 16, mp_like_mm),
}};
// The mask is inverted: a bit that is set is not compared.
constexpr Pass imx8mp_bus{{
    of_all("axid-read,axi_mask=0xffff,axi_id=0x0", read, bus, 1, mp_metrics),
    of_all("axid-write,axi_mask=0xffff,axi_id=0x0", write, bus, 1, mp_metrics),
}};
constexpr Pass imx8mp_vpu1{{
    of_one("axid-read,axi_id=0x7c", read, bus, 1, master, "vpu1", mp_metrics),
    of_one("axid-write,axi_id=0x7c", write, bus, 1, master, "vpu1", mp_metrics),
}};
constexpr Pass imx8mp_vpu2{{
    of_one("axid-read,axi_id=0x7d", read, bus, 1, master, "vpu2", mp_metrics),
    of_one("axid-write,axi_id=0x7d", write, bus, 1, master, "vpu2", mp_metrics),
}};
constexpr Pass imx8mp_vpu3{{
    of_one("axid-read,axi_id=0x7e", read, bus, 1, master, "vpu3", mp_metrics),
    of_one("axid-write,axi_id=0x7e", write, bus, 1, master, "vpu3", mp_metrics),
}};
constexpr std::array<KnownPass, 1> imx8mq_passes{imx8mq_dram};
constexpr std::array<KnownPass, 1> imx8mm_passes{imx8mm_dram};
constexpr std::array<KnownPass, 1> imx8mn_passes{imx8mn_dram};
constexpr std::array<KnownPass, 5> imx8mp_passes{imx8mp_dram, imx8mp_bus, imx8mp_vpu1, imx8mp_vpu2,
                                                 imx8mp_vpu3};
constexpr std::array<std::string_view, 1> imx8mq{"fsl,imx8mq"};
constexpr std::array<std::string_view, 1> imx8mm{"fsl,imx8mm"};
constexpr std::array<std::string_view, 1> imx8mn{"fsl,imx8mn"};
constexpr std::array<std::string_view, 1> imx8mp{"fsl,imx8mp"};
constexpr std::string_view full_width =
    "Bytes of a count hold for a memory as wide as the controller; a board with half of the "
    "memory's data lines has half of them.";
constexpr std::array<std::string_view, 2> imx8m_cautions{
    full_width,
    "Masters cannot be told apart in bytes: axid-read and axid-write count bursts here."};
constexpr std::array<std::string_view, 4> imx8mp_cautions{
    full_width,
    "One filter serves all counters: an event with another filter opens without an error, and "
    "then does not run.",
    "An event's counter stops when it is full. The kernel empties it in time, and says \"events "
    "lost due to counter overflow\" in its log where it did not.",
    "That a count of read-cycles and write-cycles is 16 bytes is inferred: check it with a copy of "
    "a known size."};

// i.MX 9: counter 0 for cycles, 1 to 10 for events, and some events on one of them only.

constexpr std::string_view imx93_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx93/sys/metrics.json";
constexpr std::string_view imx91_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx91/sys/metrics.json";
constexpr std::string_view imx95_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx95/sys/metrics.json";
constexpr std::string_view imx94_metrics =
    "Linux 7.3.4 tools/perf/pmu-events/arch/arm64/freescale/imx94/sys/metrics.json";

constexpr std::array<KnownEvent, 9> imx9_dram(std::string_view source) {
    return {{
        of_all("ddrc_pm_0", read, dram, 16, source),
        of_all("ddrc_pm_3", write, dram, 32, source),
        of_all("ddrc_pm_5", write, dram, 32, source),
        of_all("ddrc_pm_7", write, dram, 32, source),
        of_all("ddrc_pm_9", write, dram, 32, source),
        of_all("ddrc_pm_2", write, dram, -32, source),
        of_all("ddrc_pm_4", write, dram, -32, source),
        of_all("ddrc_pm_6", write, dram, -32, source),
        of_all("ddrc_pm_8", write, dram, -32, source),
    }};
}
constexpr auto imx93_dram = imx9_dram(imx93_metrics);
constexpr auto imx91_dram = imx9_dram(imx91_metrics);
// Here a bit of the mask that is set is compared.
constexpr Pass imx95_bus{{
    of_all("eddrtq_pm_rd_beat_filt0,axi_mask=0x0,axi_id=0x0", read, bus, 32, imx95_metrics),
    of_all("eddrtq_pm_wr_beat_filt,axi_mask=0x0,axi_id=0x0", write, bus, 32, imx95_metrics),
}};
constexpr Pass imx95_vpu_primary{{
    of_one("eddrtq_pm_rd_beat_filt0,axi_mask=0x3f0,axi_id=0x180", read, bus, 32, master,
           "vpu primary", imx95_metrics),
    of_one("eddrtq_pm_wr_beat_filt,axi_mask=0x3f0,axi_id=0x180", write, bus, 32, master,
           "vpu primary", imx95_metrics),
}};
constexpr Pass imx95_vpu_secondary{{
    of_one("eddrtq_pm_rd_beat_filt0,axi_mask=0x3f0,axi_id=0x190", read, bus, 32, master,
           "vpu secondary", imx95_metrics),
    of_one("eddrtq_pm_wr_beat_filt,axi_mask=0x3f0,axi_id=0x190", write, bus, 32, master,
           "vpu secondary", imx95_metrics),
}};
constexpr Pass imx94_bus{{
    of_all("eddrtq_pm_rd_beat_filt0,axi_mask=0x0,axi_id=0x0", read, bus, 32, imx94_metrics),
    of_all("eddrtq_pm_wr_beat_filt,axi_mask=0x0,axi_id=0x0", write, bus, 32, imx94_metrics),
}};
constexpr std::array<KnownPass, 1> imx93_passes{imx93_dram};
constexpr std::array<KnownPass, 1> imx91_passes{imx91_dram};
constexpr std::array<KnownPass, 3> imx95_passes{imx95_bus, imx95_vpu_primary, imx95_vpu_secondary};
constexpr std::array<KnownPass, 1> imx94_passes{imx94_bus};
constexpr std::array<std::string_view, 2> imx93_cautions{
    "What is written is a difference of eight events, so all of them have to count all of the "
    "time.",
    "These events count only where the boot loader has set a bit of the controller (DEBUG19, bit "
    "21): a count of 0 says nothing."};
constexpr std::array<std::string_view, 1> imx95_cautions{
    "Any other event of this PMU on counters 2 to 5 switches the filters off: nothing else may use "
    "it at the same time."};

constexpr std::array<KnownCounter, 11> nxp_rows{{
    {.pmu = "mmdc*",
     .identifier = {},
     .machines = imx6q,
     .event = "read-bytes",
     .soc = "i.MX 6 Quad, Dual",
     .passes = imx6q_passes,
     .cautions = mmdc_cautions,
     .region_term = {}},
    {.pmu = "mmdc*",
     .identifier = {},
     .machines = imx6dl,
     .event = "read-bytes",
     .soc = "i.MX 6 DualLite, Solo",
     .passes = imx6dl_passes,
     .cautions = mmdc_cautions,
     .region_term = {}},
    {.pmu = "mmdc*",
     .identifier = {},
     .machines = {},
     .event = "read-bytes",
     .soc = "i.MX 6, 7ULP",
     .passes = imx6_passes,
     .cautions = mmdc_cautions,
     .region_term = {}},
    {.pmu = "imx8_ddr*",
     .identifier = "i.MX8MQ",
     .machines = imx8mq,
     .event = {},
     .soc = "i.MX 8M Quad",
     .passes = imx8mq_passes,
     .cautions = imx8m_cautions,
     .region_term = {}},
    {.pmu = "imx8_ddr*",
     .identifier = "i.MX8MM",
     .machines = imx8mm,
     .event = {},
     .soc = "i.MX 8M Mini",
     .passes = imx8mm_passes,
     .cautions = imx8m_cautions,
     .region_term = {}},
    {.pmu = "imx8_ddr*",
     .identifier = "i.MX8MN",
     .machines = imx8mn,
     .event = {},
     .soc = "i.MX 8M Nano",
     .passes = imx8mn_passes,
     .cautions = imx8m_cautions,
     .region_term = {}},
    {.pmu = "imx8_ddr*",
     .identifier = "i.MX8MP",
     .machines = imx8mp,
     .event = {},
     .soc = "i.MX 8M Plus",
     .passes = imx8mp_passes,
     .cautions = imx8mp_cautions,
     .region_term = {},
     .stops_at_overflow = true},
    {.pmu = "imx9_ddr*",
     .identifier = "imx93",
     .machines = {},
     .event = {},
     .soc = "i.MX 93",
     .passes = imx93_passes,
     .cautions = imx93_cautions,
     .region_term = {}},
    {.pmu = "imx9_ddr*",
     .identifier = "imx91",
     .machines = {},
     .event = {},
     .soc = "i.MX 91",
     .passes = imx91_passes,
     .cautions = imx93_cautions,
     .region_term = {}},
    {.pmu = "imx9_ddr*",
     .identifier = "imx95",
     .machines = {},
     .event = {},
     .soc = "i.MX 95",
     .passes = imx95_passes,
     .cautions = imx95_cautions,
     .region_term = {}},
    {.pmu = "imx9_ddr*",
     .identifier = "imx94",
     .machines = {},
     .event = {},
     .soc = "i.MX 94",
     .passes = imx94_passes,
     .cautions = imx95_cautions,
     .region_term = {}},
}};

} // namespace

std::span<const KnownCounter> nxp_counters() {
    return nxp_rows;
}

} // namespace heapsel::bandwidth
