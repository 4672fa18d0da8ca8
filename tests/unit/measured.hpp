// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bandwidth/run/measurement.hpp"

namespace heapsel::test {

inline constexpr std::uint64_t mebibyte = 1 << 20;

/// An event of which one count is a MiB.
[[nodiscard]] inline bandwidth::MemoryEvent event(bandwidth::Direction direction,
                                                  bandwidth::Side side = bandwidth::Side::dram,
                                                  bandwidth::Share share = bandwidth::Share::all,
                                                  std::string of = {}) {
    return {.pmu = "ddr",
            .words = "event=1",
            .direction = direction,
            .side = side,
            .share = share,
            .of = std::move(of),
            .bytes_per_count = mebibyte,
            .source = "the test"};
}

/// Of two ways, "unbound" and "mine", with no runs yet.
[[nodiscard]] inline bandwidth::Measurement
measurement_of(std::vector<bandwidth::CounterPass> passes) {
    bandwidth::Measurement measurement;
    measurement.setting = {
        .counter = {.name = "ddr",
                    .soc = "test SoC",
                    .passes = std::move(passes),
                    .cautions = {"Beware."}},
        .ways = {{.name = "unbound", .bindings = {}},
                 {.name = "mine", .bindings = {{.use = "frame", .heaps = {"nonecc@58000000"}}}}},
        .frames = {},
        .warm = 30,
        .runs = 2,
        .order = bandwidth::Order::abba,
        .idle_seconds = {},
        .command = {"gst-launch-1.0", "it"},
        .seconds = {},
        .label = {}};
    measurement.machine = {.model = "a board",
                           .compatible = {"test,board"},
                           .kernel = "7.2.13",
                           .device = "/dev/video1",
                           .driver = "vicodec",
                           .region_ecc = {},
                           .clocks = {}};
    return measurement;
}

/// A run of ten frames in two seconds.
[[nodiscard]] inline bandwidth::Run run_of(bandwidth::Step step,
                                           std::vector<std::uint64_t> counts) {
    return {.step = step,
            .seconds = 2,
            .frames = 10,
            .counts = std::move(counts),
            .enabled_ns = 2000000000,
            .running_ns = 2000000000};
}

} // namespace heapsel::test
