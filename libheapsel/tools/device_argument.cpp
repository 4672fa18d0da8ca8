// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_argument.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace heapsel::tools {
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

Result<Consumer> consumer_called(const std::string& word, const std::filesystem::path& root) {
    const DeviceArgument argument = parse_device_argument(word);
    const auto device = find_video_device(argument.device, root);
    if (!device)
        return std::unexpected(device.error());
    const VideoMemory* const memory = memory_of(*device, argument);
    if (memory == nullptr) {
        const std::string there = memories_of(*device);
        return std::unexpected(
            Error{.code = EINVAL,
                  .attempted = "find that memory of the device",
                  .subject = word,
                  .remedy = there.empty() ? "It has no video queue." : "It has: " + there + "."});
    }
    return consumer_of(*device, *memory);
}

} // namespace

DeviceArgument parse_device_argument(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        const std::string device(text.substr(0, colon));
        const std::string_view word = text.substr(colon + 1);
        if (const auto queue = queue_called(word))
            return {.device = device, .role = Role::frame, .queue = queue};
        if (const auto role = role_called(word))
            return {.device = device, .role = role, .queue = std::nullopt};
    }
    return {.device = std::string(text), .role = std::nullopt, .queue = std::nullopt};
}

const VideoMemory* memory_of(const VideoDevice& device, const DeviceArgument& argument) {
    const auto found = std::ranges::find_if(device.memories, [&](const VideoMemory& memory) {
        const bool any_queue = !argument.queue || !memory.queue;
        return memory.role == argument.role.value_or(Role::frame) &&
               (any_queue || memory.queue == argument.queue);
    });
    return found == device.memories.end() ? nullptr : &*found;
}

Result<std::vector<Consumer>> consumers_called(std::span<const std::string> words,
                                               const std::filesystem::path& root) {
    std::vector<Consumer> consumers;
    for (const std::string& word : words) {
        auto consumer = consumer_called(word, root);
        if (!consumer)
            return std::unexpected(std::move(consumer.error()));
        consumers.push_back(*std::move(consumer));
    }
    return consumers;
}

} // namespace heapsel::tools
