// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/device_argument.hpp"

#include <algorithm>
#include <cerrno>

namespace heapsel {
namespace {

/// "capture, output, reference": what stands behind a colon.
std::string memories_of(const VideoDevice& device) {
    std::string text;
    for (const VideoMemory& memory : device.memories) {
        text += text.empty() ? "" : ", ";
        text += memory.queue ? to_string(*memory.queue) : to_string(memory.role);
    }
    return text;
}

} // namespace

DeviceArgument parse_device_argument(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        const std::string device(text.substr(0, colon));
        const std::string_view word = text.substr(colon + 1);
        if (const auto queue = parse_queue(word))
            return {.device = device, .role = Role::frame, .queue = queue};
        if (const auto role = parse_role(word))
            return {.device = device, .role = role, .queue = std::nullopt};
    }
    return {.device = std::string(text), .role = std::nullopt, .queue = std::nullopt};
}

Result<const VideoMemory*> memory_of(const VideoDevice& device, const DeviceArgument& argument) {
    const auto found = std::ranges::find_if(device.memories, [&](const VideoMemory& memory) {
        const bool any_queue = !argument.queue || !memory.queue;
        return memory.role == argument.role.value_or(Role::frame) &&
               (any_queue || memory.queue == argument.queue);
    });
    if (found != device.memories.end())
        return &*found;
    const std::string there = memories_of(device);
    return std::unexpected(
        Error{.code = EINVAL,
              .operation = "find that memory of the device",
              .subject = argument.device,
              .hint = there.empty() ? "It has no video queue." : "It has: " + there + "."});
}

} // namespace heapsel
