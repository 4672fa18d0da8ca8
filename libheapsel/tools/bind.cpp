// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>
#include <format>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <heapsel/binding.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/video_device.hpp>

#include "commands.hpp"
#include "json.hpp"

namespace heapsel::tools {
namespace {

namespace fs = std::filesystem;

/// A folder is one in sysfs: the device's, or the one of its node in a class.
Result<fs::path> device_folder(const std::string& device) {
    std::error_code failure;
    const fs::path folder(device);
    if (fs::is_directory(folder, failure)) {
        const bool of_node =
            !fs::exists(folder / "heaps", failure) && fs::is_directory(folder / "device", failure);
        return of_node ? folder / "device" : folder;
    }
    const auto folder_of = [](const DeviceNode& found) { return found.folder; };
    if (names_display(device))
        return find_display_device(device).transform(folder_of);
    return find_video_device(device).transform(folder_of);
}

/// The kernel's names of the heaps. To unbind takes none, and so no machine with heaps.
Result<std::vector<std::string>> kernel_names(const std::vector<std::string>& words) {
    if (words.empty())
        return {};
    const auto catalog = HeapCatalog::scan();
    if (!catalog)
        return std::unexpected(catalog.error());
    std::vector<std::string> names;
    for (const std::string& word : words) {
        const auto heap = find_heap(*catalog, word);
        if (!heap)
            return std::unexpected(heap.error());
        names.push_back((*heap)->name);
    }
    return names;
}

std::string sentence(const Binding& binding) {
    if (binding.heaps.empty())
        return "not bound: the driver's own allocator";
    std::string text = "bound to ";
    for (const std::string& heap : binding.heaps)
        text += (&heap == &binding.heaps.front() ? "" : ", then ") + printable(heap);
    return text + (binding.or_driver ? ", then the driver's own allocator" : "");
}

} // namespace

int bind(const Options& options) {
    const std::string& device = options.devices.front();
    const auto folder = device_folder(device);
    if (!folder)
        return fail(folder.error());
    const auto heaps = kernel_names(options.heaps);
    if (!heaps)
        return fail(heaps.error());
    const auto binding = bind_heaps(*folder, options.role, *heaps, options.or_driver);
    if (!binding)
        return fail(binding.error());
    if (options.json)
        std::cout << nlohmann::ordered_json{{"device", printable(device)},
                                            {"file",
                                             printable(
                                                 binding_file(*folder, options.role).native())},
                                            {"role", to_string(options.role)},
                                            {"binding", to_json(*binding)}}
                         .dump(2)
                  << '\n';
    else
        std::cout << std::format("{} {}: {}\n", printable(device), to_string(options.role),
                                 sentence(*binding));
    return exit_done;
}

} // namespace heapsel::tools
