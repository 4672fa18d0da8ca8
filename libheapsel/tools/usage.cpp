// SPDX-License-Identifier: LGPL-2.1-or-later
#include "usage.hpp"

#include <algorithm>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

namespace heapsel::tools {
namespace {

std::string gap(const Figure& figure) {
    return figure.unknown_because.empty() ? "-" : "unknown";
}

std::string bytes_cell(const Figure& figure) {
    return figure.value ? size_text(*figure.value) : gap(figure);
}

std::string count_cell(const Figure& figure) {
    return figure.value ? std::to_string(*figure.value) : gap(figure);
}

std::string size_cell(const Usage& usage) {
    const bool only_elsewhere = !usage.statistics.size.value && usage.heap.size;
    return only_elsewhere ? size_text(*usage.heap.size) : bytes_cell(usage.statistics.size);
}

} // namespace

Usage usage_of(const Heap& heap) {
    return {.heap = heap, .statistics = read_statistics(heap), .accounting = read_accounting(heap)};
}

std::vector<std::string> usage_heading() {
    return {"HEAP", "SIZE", "FREE", "LARGEST", "BUFFERS", "USED", "PEAK", "ACCOUNTING"};
}

std::vector<std::string> usage_row(const Usage& usage) {
    const HeapStatistics& statistics = usage.statistics;
    const auto& controller = usage.accounting.controller;
    return {printable(usage.heap.name),
            size_cell(usage),
            bytes_cell(statistics.free),
            bytes_cell(statistics.largest_free),
            count_cell(statistics.buffers),
            bytes_cell(statistics.allocated),
            bytes_cell(statistics.peak),
            std::string(controller ? to_string(*controller) : "unknown")};
}

std::vector<std::string> unknown_because(const Usage& usage) {
    std::vector<std::string> reasons;
    const auto add = [&](const std::string& reason) {
        if (!reason.empty() && !std::ranges::contains(reasons, reason))
            reasons.push_back(reason);
    };
    for (const auto& [name, figure] : heap_figures)
        add((usage.statistics.*figure).unknown_because);
    add(usage.accounting.unknown_because);
    return reasons;
}

} // namespace heapsel::tools
