// SPDX-License-Identifier: LGPL-2.1-or-later
#include <format>
#include <iostream>

#include <heapsel/printable.hpp>

#include "commands.hpp"
#include "json.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

std::string short_source(Source source) {
    switch (source) {
    case Source::device_tree:
        return "tree";
    case Source::heap_name:
        return "name";
    case Source::command_line:
        return "cmdline";
    case Source::kernel:
    case Source::sysfs:
    case Source::none:
        break;
    }
    return std::string(to_string(source));
}

std::string cell(const Property& property) {
    std::string text(to_string(property.answer));
    if (property.source != Source::none)
        text += std::format(" ({})", short_source(property.source));
    return text;
}

std::string aliases_of(const Heap& heap) {
    std::string text;
    for (const std::string& alias : heap.aliases)
        text += (text.empty() ? "" : " ") + printable(alias);
    return text.empty() ? "-" : text;
}

std::string summary(const HeapCatalog& catalog) {
    std::vector<std::vector<std::string>> rows{
        {"HEAP", "ALIASES", "ACCESS", "CONTIGUOUS", "CACHED", "ECC", "PROTECTED"}};
    for (const Heap& heap : catalog.heaps()) {
        std::vector<std::string> row{printable(heap.name), aliases_of(heap),
                                     std::string(to_string(heap.permission))};
        for (const Trait trait : all_traits)
            row.push_back(cell(heap.property(trait)));
        rows.push_back(std::move(row));
    }
    return table(rows);
}

std::string place(const Heap& heap) {
    std::string text = printable(heap.device.native());
    if (!heap.node_mode.empty())
        text += std::format(", {}", heap.node_mode);
    if (heap.region)
        text += std::format(", {} KiB at {:#x}", heap.region->size >> 10U, heap.region->base);
    return text;
}

std::string evidence(const HeapCatalog& catalog) {
    std::string text;
    for (const Heap& heap : catalog.heaps()) {
        std::vector<std::vector<std::string>> rows;
        for (const Trait trait : all_traits) {
            const Property& property = heap.property(trait);
            rows.push_back({" ", std::string(to_string(trait)),
                            std::string(to_string(property.answer)),
                            std::string(to_string(property.source)), property.evidence});
        }
        text += std::format("\n{}: {}\n{}", printable(heap.name), place(heap), table(rows));
    }
    return text;
}

} // namespace

int list(const Options& options, const HeapCatalog& catalog) {
    if (options.json)
        std::cout << to_json(catalog).dump(2) << '\n';
    else
        std::cout << summary(catalog) << (options.evidence ? evidence(catalog) : "");
    return exit_done;
}

} // namespace heapsel::tools
