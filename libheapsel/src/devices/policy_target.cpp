// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_target.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <heapsel/use.hpp>

#include "devices/device_argument.hpp"
#include "devices/device_node.hpp"
#include "io/directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// The links in a directory under `root` that name `node`, as paths of the machine. Only their text
/// counts, so that those of a recording do not lead out of it.
void add_links(const fs::path& root, std::string_view directory, const std::string& node,
               std::vector<std::string>& links) {
    const auto entries = list_directory(root / directory);
    if (!entries)
        return;
    for (const auto& [name, type] : *entries) {
        if (type != fs::file_type::symlink)
            continue;
        std::error_code no_link;
        const fs::path target = fs::read_symlink(root / directory / name, no_link);
        if (no_link)
            continue;
        const fs::path link = fs::path("/") / directory / name;
        if ((link.parent_path() / target).lexically_normal() == node)
            links.push_back(link);
    }
}

std::vector<std::string> nodes_of(const fs::path& root, const DeviceNode& device,
                                  const NodeClass& kind,
                                  std::span<const std::string_view> directories) {
    const std::string node = node_path(kind, device.name);
    std::vector<std::string> nodes{device.name, node};
    for (const std::string_view directory : directories)
        add_links(root, directory, node, nodes);
    std::ranges::sort(nodes);
    return nodes;
}

} // namespace

PolicyTarget policy_target(const VideoDevice& device, const VideoMemory& memory,
                           std::optional<Queue> queue, const fs::path& root) {
    constexpr std::array<std::string_view, 3> directories{"dev", "dev/v4l/by-id",
                                                          "dev/v4l/by-path"};
    return {.driver = device.driver,
            .card = device.card,
            .nodes = nodes_of(root, device, video_nodes, directories),
            .use = memory.use,
            .queue = memory.queue ? memory.queue : queue};
}

PolicyTarget policy_target(const DisplayDevice& device, const fs::path& root) {
    constexpr std::array<std::string_view, 2> directories{"dev", "dev/dri/by-path"};
    return {.driver = device.driver,
            .card = {},
            .nodes = nodes_of(root, device, card_nodes, directories),
            .use = std::string(frame_use),
            .queue = std::nullopt};
}

Result<PolicyTarget> parse_policy_target(std::string_view word, const fs::path& root) {
    if (names_display(word, root))
        return find_display_device(word, root).transform([&](const DisplayDevice& device) {
            return policy_target(device, root);
        });
    const DeviceArgument argument = parse_device_argument(word);
    const auto device = find_video_device(argument.device, root);
    if (!device)
        return std::unexpected(device.error());
    return memory_of(*device, argument).transform([&](const VideoMemory* memory) {
        return policy_target(*device, *memory, argument.queue, root);
    });
}

PolicyTarget policy_target_of_driver(std::string_view word) {
    DeviceArgument argument = parse_device_argument(word);
    return {.driver = std::move(argument.device),
            .card = {},
            .nodes = {},
            .use = argument.use.empty() && !argument.queue ? std::string(frame_use) : argument.use,
            .queue = argument.queue};
}

} // namespace heapsel
