// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/camera.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <optional>
#include <string>
#include <utility>

#include <sys/sysmacros.h>

#include <heapsel/use.hpp>
#include <heapsel/video_device.hpp>

#include "base/joined.hpp"
#include "devices/device_node.hpp"
#include "io/attribute.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// As in the file `dev` of the device's directory in sysfs.
std::string number_text(std::int64_t number) {
    const auto device = static_cast<dev_t>(number);
    return std::format("{}:{}", major(device), minor(device));
}

/// Empty where there is no such device.
std::string node_numbered(std::span<const fs::path> directories, const std::string& number) {
    const auto found = std::ranges::find_if(directories, [&](const fs::path& directory) {
        return read_attribute(directory / "dev").value_or("") == number;
    });
    return found == directories.end() ? std::string() : found->filename().native();
}

/// Of a device that cannot be asked, the frames; nothing if it captures nothing.
std::optional<Consumer> capture_of(const VideoDevice& device) {
    const auto frames = std::ranges::find_if(device.memories, [](const VideoMemory& memory) {
        return memory.queue ? memory.queue == Queue::capture : memory.use == frame_use;
    });
    if (frames == device.memories.end())
        return std::nullopt;
    return consumer_of(device, *frames);
}

} // namespace

Result<std::vector<Consumer>> consumers_of_devices(std::span<const std::int64_t> numbers,
                                                   const fs::path& root) {
    const auto directories = node_directories(root, video_nodes);
    std::vector<Consumer> consumers;
    std::vector<std::string> texts;
    for (const std::int64_t number : numbers) {
        texts.push_back(number_text(number));
        const std::string node = node_numbered(directories, texts.back());
        if (node.empty())
            continue;
        const auto device = find_video_device(node, root);
        if (!device)
            return std::unexpected(device.error());
        if (const auto consumer = capture_of(*device))
            consumers.push_back(*consumer);
    }
    if (!consumers.empty())
        return consumers;
    return std::unexpected(Error{.code = ENODEV,
                                 .operation = "find what captures behind these devices",
                                 .subject = joined(texts, ", "),
                                 .hint = "None of the numbers is of a V4L2 device that captures."});
}

} // namespace heapsel
