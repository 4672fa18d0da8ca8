// SPDX-License-Identifier: LGPL-2.1-or-later
#include "counter_table.hpp"

#include <string>

#include <gtest/gtest.h>

namespace heapsel::tools {
namespace {

using namespace bandwidth;

MemoryCounter counter() {
    MemoryEvent all{.pmu = "imx8_ddr0",
                    .words = "read-cycles",
                    .direction = Direction::read,
                    .side = Side::dram,
                    .share = Share::all,
                    .of = {},
                    .bytes_per_count = 16,
                    .source = "metrics.json",
                    .type = 10,
                    .config = 0x2a};
    MemoryEvent vpu{.pmu = "imx8_ddr0",
                    .words = "axid-write,axi_id=0x7c",
                    .direction = Direction::write,
                    .side = Side::bus,
                    .share = Share::master,
                    .of = "vpu1",
                    .bytes_per_count = -1,
                    .source = "metrics.json",
                    .type = 10,
                    .config = 0x42,
                    .config1 = 0xffff007c};
    return {.name = "imx8_ddr0",
            .soc = "i.MX 8M Plus",
            .emulator = false,
            .by_region = false,
            .by_master = true,
            .stops_at_overflow = true,
            .passes = {{.events = {all}}, {.events = {vpu}}},
            .cautions = {"One filter serves all."}};
}

TEST(CounterTable, HasALineForEachFigureAndEachSourceOnce) {
    EXPECT_EQ(counter_table(std::vector{counter()}, {}),
              "imx8_ddr0 (i.MX 8M Plus)\n"
              "  PASS  EVENT                              COUNTS  ON    WHOSE        BYTES\n"
              "  1     imx8_ddr0/read-cycles/             read    DRAM  all          16\n"
              "  2     imx8_ddr0/axid-write,axi_id=0x7c/  write   bus   master vpu1  -1\n"
              "  Bytes of a count:  metrics.json\n"
              "  -  One filter serves all.\n");
}

TEST(CounterTable, SaysOfAnEmulatorThatItIsOne) {
    MemoryCounter lab = counter();
    lab.emulator = true;
    EXPECT_TRUE(
        counter_table(std::vector{lab}, {}).starts_with("imx8_ddr0 (i.MX 8M Plus, an emulator)\n"));
}

TEST(CounterTable, EndsWithWhatGivesNoFigures) {
    const std::vector<UncountedMemory> uncounted{{.name = "90b6400.pmu", .why = "It cannot."}};
    EXPECT_EQ(counter_table({}, uncounted), "no figures from\n  90b6400.pmu  It cannot.\n");
    EXPECT_TRUE(counter_table(std::vector{counter()}, uncounted)
                    .ends_with("all.\n\nno figures from\n  90b6400.pmu  It cannot.\n"));
}

TEST(CounterTable, IsEmptyOfNothing) {
    EXPECT_EQ(counter_table({}, {}), "");
}

TEST(CounterTable, HasNoByteThatATerminalObeys) {
    MemoryCounter odd = counter();
    odd.passes.front().events.front().pmu = "\x1b[2J";
    odd.passes.front().events.front().share = Share::region;
    odd.passes.front().events.front().of = "a\nb";
    const std::string text = counter_table(std::vector{odd}, {});
    EXPECT_TRUE(text.contains("\\x1b[2J/read-cycles/"));
    EXPECT_TRUE(text.contains("region a\\x0ab"));
}

TEST(CounterJson, HasTheEventsByPasses) {
    EXPECT_EQ(to_json(counter()), nlohmann::ordered_json::parse(R"({
        "name": "imx8_ddr0", "soc": "i.MX 8M Plus", "emulator": false, "by_region": false,
        "by_master": true, "stops_at_overflow": true,
        "passes": [
            [{"pmu": "imx8_ddr0", "words": "read-cycles", "direction": "read", "side": "dram",
              "share": "all", "of": null, "bytes_per_count": 16, "source": "metrics.json",
              "type": 10, "config": "0x2a", "config1": "0x0", "config2": "0x0", "cpu": 0}],
            [{"pmu": "imx8_ddr0", "words": "axid-write,axi_id=0x7c", "direction": "write",
              "side": "bus", "share": "master", "of": "vpu1", "bytes_per_count": -1,
              "source": "metrics.json", "type": 10, "config": "0x42", "config1": "0xffff007c",
              "config2": "0x0", "cpu": 0}]],
        "cautions": ["One filter serves all."]})"));
}

TEST(CounterJson, OfWhatGivesNoFiguresIsNameAndReason) {
    EXPECT_EQ(to_json(UncountedMemory{.name = "a\xff", .why = "It cannot."}),
              nlohmann::ordered_json::parse(R"({"name": "a\\xff", "why": "It cannot."})"));
}

} // namespace
} // namespace heapsel::tools
