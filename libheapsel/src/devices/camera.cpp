// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/camera.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <format>
#include <span>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <heapsel/policy_target.hpp>
#include <heapsel/video_device.hpp>

#include "base/joined.hpp"
#include "devices/device_node.hpp"
#include "devices/stream_nodes.hpp"
#include "io/attribute.hpp"
#include "io/directory.hpp"

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

Result<std::vector<VideoDevice>> devices_numbered(std::span<const std::string> numbers,
                                                  const fs::path& root) {
    const auto directories = node_directories(root, video_nodes);
    std::vector<VideoDevice> devices;
    for (const std::string& number : numbers) {
        const std::string node = node_numbered(directories, number);
        if (node.empty())
            continue;
        auto device = find_video_device(node, root);
        if (!device)
            return std::unexpected(std::move(device.error()));
        devices.push_back(*std::move(device));
    }
    return devices;
}

/// Some file of this process is that node.
bool is_open_here(const fs::path& node) {
    struct stat wanted{};
    if (::stat(node.c_str(), &wanted) != 0)
        return false;
    return std::ranges::any_of(
        list_directory("/proc/self/fd").value_or(std::vector<DirectoryEntry>()),
        [&](const DirectoryEntry& entry) {
            int fd = -1;
            const char* const end = entry.name.data() + entry.name.size();
            struct stat open{};
            return std::from_chars(entry.name.data(), end, fd).ptr == end &&
                   ::fstat(fd, &open) == 0 && S_ISCHR(open.st_mode) &&
                   open.st_rdev == wanted.st_rdev;
        });
}

/// A node that the camera leaves alone may have such frames set by chance. libcamera works in the
/// application's own process, and has those open that it uses.
std::vector<CapturingNode> that_are_open_here(std::vector<CapturingNode> nodes) {
    const auto is_closed = [](const CapturingNode& node) {
        return !is_open_here(node.device->node);
    };
    if (nodes.size() > 1 && !std::ranges::all_of(nodes, is_closed))
        std::erase_if(nodes, is_closed);
    return nodes;
}

StreamConsumers filled_by_cpu() {
    const Requirement cached{.criteria = {{.trait = Trait::cached, .wanted = true}}};
    return {
        .filled_by = FilledBy::cpu,
        .consumers = {{.consumer = Consumer::requirement("the CPU, which fills the frames", cached),
                       .show = {}}}};
}

ParsedConsumer consumer_of(const CapturingNode& node, const fs::path& root) {
    return {.consumer = heapsel::consumer_of(*node.device, *node.frames),
            .show = {},
            .target = policy_target(*node.device, *node.frames, Queue::capture, root)};
}

std::uint32_t buffers_of(const CapturingNode& node) {
    return node.frames->format ? node.frames->format->buffers : 1;
}

StreamConsumers filled_by(std::span<const CapturingNode> nodes, FilledBy who,
                          const fs::path& root) {
    StreamConsumers filled{.filled_by = who};
    for (const CapturingNode& node : nodes) {
        filled.consumers.push_back(consumer_of(node, root));
        if (who == FilledBy::node)
            filled.buffers = std::max(filled.buffers, buffers_of(node));
    }
    return filled;
}

} // namespace

Result<StreamConsumers> consumers_of_stream(const CameraStream& stream, const fs::path& root) {
    if (stream.devices.empty())
        return filled_by_cpu();
    std::vector<std::string> numbers;
    std::ranges::transform(stream.devices, std::back_inserter(numbers), number_text);
    const auto devices = devices_numbered(numbers, root);
    if (!devices)
        return std::unexpected(devices.error());
    const auto nodes = capturing(*devices);
    if (nodes.empty())
        return std::unexpected(
            Error{.code = ENODEV,
                  .operation = "find what captures behind these devices",
                  .subject = joined(numbers, ", "),
                  .hint = "None of the numbers is of a V4L2 device that captures."});
    const auto filling = that_are_open_here(that_fill(nodes, stream));
    return filling.empty() ? filled_by(nodes, FilledBy::unknown, root)
                           : filled_by(filling, FilledBy::node, root);
}

} // namespace heapsel
