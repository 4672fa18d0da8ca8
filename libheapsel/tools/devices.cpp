// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <heapsel/display_device.hpp>
#include <heapsel/video_device.hpp>

#include "display_table.hpp"
#include "json.hpp"
#include "reasons.hpp"
#include "shared_options.hpp"
#include "table.hpp"
#include "video_table.hpp"

namespace heapsel::tools {
namespace {

template <typename Device>
nlohmann::ordered_json list_of(const std::vector<Device>& devices) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Device& device : devices)
        list.push_back(to_json(device));
    return list;
}

struct DevicesOptions {
    Scope scope;
    Ask ask = Ask::drivers;
};

int devices(const DevicesOptions& options) {
    const Scope& scope = options.scope;
    const auto videos = list_video_devices(scope.root, options.ask);
    const auto displays = list_display_devices(scope.root, options.ask);
    if (scope.json) {
        std::cout << nlohmann::ordered_json{{"devices", list_of(videos)},
                                            {"displays", list_of(displays)}}
                         .dump(2)
                  << '\n';
        return exit_done;
    }
    if (videos.empty() && displays.empty()) {
        std::cerr << "heapsel: there is no video device and no display.\n";
        return exit_done;
    }
    if (!videos.empty())
        std::cout << video_table(videos);
    if (!displays.empty())
        std::cout << (videos.empty() ? "" : "\n") << display_table(displays);
    Reasons reasons;
    note_unknown(reasons, videos);
    note_unknown(reasons, displays);
    for (const std::string& reason : reasons.lines())
        std::cout << '\n' << wrapped(reason, 0, 100);
    return exit_done;
}

} // namespace

void add_devices(CLI::App& app, Action& action) {
    const auto options = std::make_shared<DevicesOptions>();
    CLI::App* const verb = app.add_subcommand(
        "devices",
        "List video devices and displays, and the heaps that each is bound to and can use");
    add_scope(*verb, options->scope);
    add_no_devices(*verb, options->ask);
    verb->callback([options, &action] { action = [options] { return devices(*options); }; });
}

} // namespace heapsel::tools
