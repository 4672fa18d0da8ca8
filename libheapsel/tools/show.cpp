// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/permission_hint.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "evidence.hpp"
#include "heap_cells.hpp"
#include "heap_table.hpp"
#include "heap_users.hpp"
#include "json.hpp"
#include "shared_options.hpp"
#include "table.hpp"
#include "usage.hpp"

namespace heapsel::tools {
namespace {

constexpr std::size_t width = 100;

struct ShowOptions {
    Scope scope;
    std::string heap;
    Ask ask = Ask::drivers;
};

/// All that is known of one heap at one moment.
struct Portrait {
    Usage usage;
    std::vector<DeviceUse> devices;
    Ask asked = Ask::drivers; ///< Who was asked for them.
    std::vector<ProcessBuffer> held;
    std::size_t unseen = 0;
    Result<std::vector<KernelBuffer>> live; ///< Those that no process is seen to hold.
    std::vector<KernelBuffer> all_live;     ///< All of the heap, with their devices.
};

Portrait portrait_of(const Heap& heap, const std::filesystem::path& root, Ask ask) {
    auto held = list_process_buffers(root);
    Portrait portrait{.usage = usage_of(heap),
                      .devices = device_uses(heap, list_video_devices(root, ask),
                                             list_display_devices(root, ask)),
                      .asked = ask,
                      .held = held_of(heap, held.buffers),
                      .unseen = held.unseen,
                      .live = list_kernel_buffers(root),
                      .all_live = {}};
    if (portrait.live) {
        portrait.all_live = live_of(heap, *portrait.live);
        portrait.live = without_holder(portrait.all_live, portrait.held);
    }
    return portrait;
}

/// The devices that are attached to a buffer, as far as debugfs says.
std::vector<std::string> attached_to(const Portrait& portrait, std::uint64_t inode) {
    const auto found = std::ranges::find(portrait.all_live, inode, &KernelBuffer::inode);
    return found == portrait.all_live.end() ? std::vector<std::string>() : found->devices;
}

std::string words(const std::vector<std::string>& raw) {
    std::string text;
    for (const std::string& word : raw)
        text += (text.empty() ? "" : " ") + printable(word);
    return text.empty() ? "-" : text;
}

std::string buffer_table(const Portrait& portrait) {
    std::vector<std::vector<std::string>> rows{
        {"PROCESS", "COMMAND", "INODE", "SIZE", "FDS", "NAME", "ATTACHED"}};
    for (const ProcessBuffer& buffer : portrait.held)
        rows.push_back({std::to_string(buffer.process), or_dash(buffer.command),
                        std::to_string(buffer.inode), size_text(buffer.size),
                        std::to_string(buffer.descriptors), or_dash(buffer.name),
                        words(attached_to(portrait, buffer.inode))});
    if (portrait.live) {
        for (const KernelBuffer& buffer : *portrait.live)
            rows.push_back({"-", "-", std::to_string(buffer.inode), size_text(buffer.size), "-",
                            or_dash(buffer.name), words(buffer.devices)});
    }
    return rows.size() == 1 ? "No buffer of it is seen.\n" : table(rows);
}

std::string what_the_heap_is(const DeviceUse& use) {
    return std::string(use.bound ? "bound" : "usable") + (use.import_only ? ", import only" : "") +
           (use.in_use ? ", in use" : "");
}

std::string device_table(const std::vector<DeviceUse>& uses) {
    std::vector<std::vector<std::string>> rows{{"DEVICE", "MEMORY", "HEAP IS"}};
    for (const DeviceUse& use : uses)
        rows.push_back({printable(use.device), use.memory, what_the_heap_is(use)});
    return rows.size() == 1 ? "No device says that it can use it.\n" : table(rows);
}

bool is_refused(const Heap& heap) {
    return heap.permission == Permission::denied || heap.permission == Permission::broken;
}

void print(const Portrait& portrait) {
    const Usage& usage = portrait.usage;
    const Heap& heap = usage.heap;
    std::cout << std::format("{}: {}, {}\n", printable(heap.name), place(heap),
                             to_string(heap.permission));
    if (!heap.aliases.empty())
        std::cout << std::format("also called {}\n", words(heap.aliases));
    if (is_refused(heap))
        std::cout << wrapped(permission_hint(heap), 0, width);
    std::cout << '\n'
              << table(evidence_rows(usage)) << '\n'
              << table(heap_rows({&usage, 1}, usage_columns())) << '\n'
              << buffer_table(portrait);
    if (portrait.unseen > 0)
        std::cout << std::format("{} {} may not be looked into; root may.\n", portrait.unseen,
                                 portrait.unseen == 1 ? "process" : "processes");
    if (!portrait.live)
        std::cout << wrapped("What no process has open is not listed: " +
                                 printable(portrait.live.error().message()),
                             0, width);
    std::cout << '\n' << device_table(portrait.devices);
    if (portrait.asked == Ask::sysfs_alone)
        std::cout << "Drivers were not asked (--no-devices): these are the bindings in sysfs.\n";
}

nlohmann::ordered_json as_json(const Portrait& portrait) {
    auto json = to_json(portrait.usage.heap);
    json["hint"] = nullptr;
    if (is_refused(portrait.usage.heap))
        json["hint"] = permission_hint(portrait.usage.heap);
    json["statistics"] = to_json(portrait.usage.statistics);
    json["accounting"] = to_json(portrait.usage.accounting);
    json["held"] = nlohmann::ordered_json::array();
    for (const ProcessBuffer& buffer : portrait.held) {
        auto entry = to_json(buffer);
        entry["attached"] = nlohmann::ordered_json::array();
        for (const std::string& device : attached_to(portrait, buffer.inode))
            entry["attached"].push_back(printable(device));
        json["held"].push_back(std::move(entry));
    }
    json["processes_unseen"] = portrait.unseen;
    json["without_holder"] = nullptr;
    json["without_holder_unknown"] = nullptr;
    if (portrait.live) {
        json["without_holder"] = nlohmann::ordered_json::array();
        for (const KernelBuffer& buffer : *portrait.live)
            json["without_holder"].push_back(to_json(buffer));
    } else {
        json["without_holder_unknown"] = portrait.live.error().message();
    }
    json["drivers_asked"] = portrait.asked == Ask::drivers;
    json["devices"] = nlohmann::ordered_json::array();
    for (const auto& [device, memory, bound, in_use, import_only] : portrait.devices)
        json["devices"].push_back({{"device", printable(device)},
                                   {"memory", memory},
                                   {"bound", bound},
                                   {"in_use", in_use},
                                   {"import_only", import_only}});
    return json;
}

int show(const ShowOptions& options, const HeapCatalog& catalog) {
    const auto heap = find_heap(catalog, options.heap);
    if (!heap)
        return fail(heap.error());
    const Portrait portrait = portrait_of(**heap, options.scope.root, options.ask);
    if (options.scope.json)
        std::cout << as_json(portrait).dump(2) << '\n';
    else
        print(portrait);
    return exit_done;
}

} // namespace

void add_show(CLI::App& app, Action& action) {
    const auto options = std::make_shared<ShowOptions>();
    CLI::App* const verb = app.add_subcommand(
        "show", "Show all that is known of one heap: its memory, its buffers and who uses it");
    add_scope(*verb, options->scope);
    add_no_devices(*verb, options->ask);
    verb->add_option("HEAP", options->heap, "By name or alias")->required();
    verb->callback([options, &action] {
        action = [options] {
            return with_catalog(options->scope, [&](const HeapCatalog& catalog) {
                return show(*options, catalog);
            });
        };
    });
}

} // namespace heapsel::tools
