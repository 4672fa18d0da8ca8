// SPDX-License-Identifier: LGPL-2.1-or-later
//
// resident: what a process holds that has selected a heap and does nothing else, in KiB and as
// JSON: its own pages (`uss`), those of them that are no file's (`anonymous`), and the most that it
// ever held (`peak`). Built without the library (BARE), resident-bare says it of one that has done
// nothing. Text of a library that no other process maps counts as its own.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#ifndef BARE
#include <heapsel/select.hpp>
#endif

namespace {

/// The sum of the lines "KEY: N kB" whose key starts with `key`.
long sum_of(const char* file, std::string_view key) {
    std::ifstream lines(file);
    long sum = 0;
    for (std::string line; std::getline(lines, line);) {
        if (const auto colon = line.find(':'); line.starts_with(key) && colon != std::string::npos)
            sum += std::stol(line.substr(colon + 1));
    }
    return sum;
}

} // namespace

int main() {
#ifndef BARE
    const auto catalog = heapsel::HeapCatalog::scan();
    if (!catalog)
        return 1;
    const auto selection = heapsel::select(*catalog, {}, {});
    if (selection->heap() == nullptr)
        return 1;
#endif
    const long peak = sum_of("/proc/self/status", "VmHWM");
    std::cout << "{\"uss\": " << sum_of("/proc/self/smaps_rollup", "Private_")
              << ", \"anonymous\": " << sum_of("/proc/self/smaps_rollup", "Anonymous")
              << ", \"peak\": " << peak << "}\n";
    return 0;
}
