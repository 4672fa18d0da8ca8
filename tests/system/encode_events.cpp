// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What libheapsel/bandwidth makes of PMUs, for a test that makes the same in another language.
//
// encode-events ROOT: for each line "PMU WORDS" of standard input one with the type and the three
// words of struct perf_event_attr, or "error ERRNO".
// encode-events --counters ROOT: "PMU WORDS BYTES" for each event that counts memory.
#include <cstdio>
#include <filesystem>
#include <format>
#include <iostream>
#include <string>
#include <string_view>

#include "bandwidth/pmu/event_words.hpp"
#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/pmu/pmu_description.hpp"

namespace {

using namespace heapsel;
using namespace heapsel::bandwidth;

std::string encoded(const std::filesystem::path& root, const std::string& line) {
    const auto blank = line.find(' ');
    const auto pmu = read_pmu(root, line.substr(0, blank));
    if (!pmu)
        return std::format("error {}", pmu.error().code);
    const auto words = encode_event(*pmu, std::string_view(line).substr(blank + 1));
    if (!words)
        return std::format("error {}", words.error().code);
    return std::format("{} {:#x} {:#x} {:#x}", pmu->type, (*words)[0], (*words)[1], (*words)[2]);
}

int print_counters(const std::filesystem::path& root) {
    const auto counters = find_memory_counters(root);
    if (!counters) {
        std::cerr << counters.error().message() << '\n';
        return 1;
    }
    for (const MemoryCounter& counter : *counters) {
        for (const CounterPass& pass : counter.passes) {
            for (const MemoryEvent& event : pass.events)
                std::cout << std::format("{} {} {}\n", event.pmu, event.words,
                                         event.bytes_per_count);
        }
    }
    return 0;
}

} // namespace

int main(int argc, char* argv[]) {
    if (argc == 3 && std::string_view(argv[1]) == "--counters")
        return print_counters(argv[2]);
    if (argc != 2)
        return 2;
    for (std::string line; std::getline(std::cin, line);)
        std::cout << encoded(argv[1], line) << '\n';
    return 0;
}
