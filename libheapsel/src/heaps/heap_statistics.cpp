// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_statistics.hpp>

#include <cerrno>
#include <format>
#include <limits>
#include <system_error>
#include <utility>

#include <heapsel/printable.hpp>

#include "io/attribute.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view marker = "buffers"; // Every heap has it on a kernel that keeps figures.

Figure unknown_figure(std::string why) {
    return {.value = std::nullopt, .unknown_because = std::move(why)};
}

bool only_with_a_region(std::string_view name) {
    return name == "size_bytes" || name == "free_bytes" || name == "largest_free_bytes";
}

Figure read_figure(const fs::path& directory, std::string_view name, bool kept) {
    const auto number = read_number(directory / name);
    if (number)
        return {.value = *number, .unknown_because = {}};
    if (number.error().code != ENOENT)
        return unknown_figure(number.error().message());
    if (!kept)
        return unknown_figure(
            std::format("the kernel keeps no figures of its heaps: there is no {}",
                        printable((directory / marker).native())));
    return only_with_a_region(name) ? Figure{} : unknown_figure(number.error().message());
}

HeapStatistics read_directory(const fs::path& directory) {
    std::error_code failure;
    const bool kept =
        fs::symlink_status(directory / marker, failure).type() != fs::file_type::not_found;
    HeapStatistics statistics;
    for (const auto& [name, figure] : heap_figures)
        statistics.*figure = read_figure(directory, name, kept);
    return statistics;
}

Figure sum(const Figure& a, const Figure& b) {
    if (!a.value || !b.value)
        return a.value ? b : a;
    if (*b.value > std::numeric_limits<std::uint64_t>::max() - *a.value)
        return unknown_figure("the sum over the region's names does not fit 64 bits");
    return {.value = *a.value + *b.value, .unknown_because = {}};
}

/// Of two names for one region.
HeapStatistics together(HeapStatistics a, const HeapStatistics& b) {
    for (const auto region :
         {&HeapStatistics::size, &HeapStatistics::free, &HeapStatistics::largest_free}) {
        if (!(a.*region).value)
            a.*region = b.*region;
    }
    a.buffers = sum(a.buffers, b.buffers);
    a.allocated = sum(a.allocated, b.allocated);
    return a;
}

} // namespace

HeapStatistics read_statistics(const Heap& heap) {
    std::optional<HeapStatistics> all;
    for (const std::string& directory : heap.sysfs) {
        const HeapStatistics next = read_directory(directory);
        all = all ? together(*std::move(all), next) : next;
    }
    if (all)
        return *std::move(all);
    HeapStatistics statistics;
    for (const auto& [name, figure] : heap_figures)
        statistics.*figure = unknown_figure("the heap has no directory in sysfs");
    return statistics;
}

} // namespace heapsel
