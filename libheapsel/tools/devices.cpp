// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include <heapsel/printable.hpp>
#include <heapsel/video_device.hpp>

#include "commands.hpp"
#include "json.hpp"
#include "table.hpp"
#include "video_table.hpp"

namespace heapsel::tools {

int devices(const Options& options) {
    const auto devices = list_video_devices(options.root);
    if (options.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const VideoDevice& device : devices)
            list.push_back(to_json(device));
        std::cout << nlohmann::ordered_json{{"devices", std::move(list)}}.dump(2) << '\n';
        return exit_done;
    }
    if (devices.empty()) {
        std::cerr << "heapsel: there is no video device.\n";
        return exit_done;
    }
    std::cout << video_table(devices);
    for (const std::string& reason : why_unknown(devices))
        std::cout << '\n' << wrapped(reason, 0, 100);
    return exit_done;
}

} // namespace heapsel::tools
