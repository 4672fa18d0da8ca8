// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>
#include <format>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <heapsel/binding.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/use.hpp>
#include <heapsel/video_device.hpp>

#include "command.hpp"
#include "json.hpp"
#include "shared_options.hpp"

namespace heapsel::tools {
namespace {

namespace fs = std::filesystem;

struct BindOptions {
    std::string device;
    std::string use;
    std::vector<std::string> heaps; ///< None: unbind.
    bool or_driver = false;
    bool json = false;
};

/// A directory is one in sysfs: the device's, or the one of its node in a class. A bare name is
/// none: it would be one of whatever directory this runs in.
Result<fs::path> device_directory(const std::string& device) {
    std::error_code failure;
    const fs::path directory(device);
    if (device.contains('/') && fs::is_directory(directory, failure)) {
        const bool of_node = !fs::exists(directory / "heaps", failure) &&
                             fs::is_directory(directory / "device", failure);
        return of_node ? directory / "device" : directory;
    }
    const auto directory_of = [](const DeviceNode& found) { return found.directory; };
    if (names_display(device))
        return find_display_device(device).transform(directory_of);
    return find_video_device(device).transform(directory_of);
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

int bind(const BindOptions& options) {
    const std::string& device = options.device;
    const auto directory = device_directory(device);
    if (!directory)
        return fail(directory.error());
    const auto heaps = kernel_names(options.heaps);
    if (!heaps)
        return fail(heaps.error());
    const auto binding = bind_heaps(*directory, options.use, *heaps, options.or_driver);
    if (!binding)
        return fail(binding.error());
    if (options.json)
        std::cout << nlohmann::ordered_json{{"device", printable(device)},
                                            {"file",
                                             printable(
                                                 binding_file(*directory, options.use).native())},
                                            {"use", printable(options.use)},
                                            {"binding", to_json(*binding)}}
                         .dump(2)
                  << '\n';
    else
        std::cout << std::format("{} {}: {}\n", printable(device), printable(options.use),
                                 sentence(*binding));
    return exit_done;
}

} // namespace

void add_bind(CLI::App& app, Action& action) {
    const auto options = std::make_shared<BindOptions>();
    CLI::App* const verb = app.add_subcommand(
        "bind", "Have a driver take the memory of a use from heaps, until the next boot");
    verb->add_option("DEVICE", options->device,
                     "/dev/videoN, /dev/dri/cardN, or the device's directory in sysfs")
        ->required();
    verb->add_option("USE", options->use,
                     "What the memory is for: frame, bitstream, reference, metadata, ...")
        ->required()
        ->check([](const std::string& word) -> std::string {
            return is_use_name(word) ? "" : "\"" + printable(word) + "\" is no name of a use";
        });
    CLI::Option* const heaps =
        verb->add_option("HEAP", options->heaps, "In order of preference, by name or alias");
    CLI::Option* const or_driver =
        verb->add_flag("--or-driver", options->or_driver,
                       "Where no heap serves, take the driver's own allocator instead of failing");
    CLI::Option* const unbind =
        verb->add_flag("--unbind", "Leave the use to the driver's own allocator");
    unbind->excludes(heaps)->excludes(or_driver);
    verb->add_flag("--json", options->json, "Print JSON");
    verb->callback([options, unbind, &action] {
        if (options->heaps.empty() && unbind->count() == 0)
            throw CLI::RequiredError("HEAP or --unbind");
        action = [options] { return bind(*options); };
    });
}

} // namespace heapsel::tools
