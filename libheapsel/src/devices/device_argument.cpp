// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/device_argument.hpp"

#include <algorithm>
#include <cerrno>
#include <format>

#include <heapsel/printable.hpp>
#include <heapsel/use.hpp>

#include "devices/video_heaps.hpp"

namespace heapsel {
namespace {

/// "platform-soc:camera-video-index0"
bool ends_as_link(std::string_view word) {
    const auto digits = word.find_last_not_of("0123456789");
    return digits != std::string_view::npos && digits + 1 < word.size() &&
           word.substr(0, digits + 1).ends_with("-index");
}

bool is_memory(const VideoMemory& memory, const DeviceArgument& argument) {
    if (argument.queue)
        return memory.queue ? memory.queue == argument.queue : memory.use == frame_use;
    if (!argument.use.empty())
        return memory.use == argument.use;
    return memory.queue || memory.use == frame_use;
}

/// "capture, output, reference": what may stand behind a colon.
std::string memories_of(const VideoDevice& device) {
    std::string text;
    for (const VideoMemory& memory : device.memories) {
        text += text.empty() ? "" : ", ";
        text += printable(memory_name(memory.use, memory.queue));
    }
    return text;
}

/// Of the argument, for messages.
std::string word_of(const DeviceArgument& argument) {
    return argument.queue ? std::string(to_string(*argument.queue)) : argument.use;
}

} // namespace

DeviceArgument parse_device_argument(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        const std::string device(text.substr(0, colon));
        const std::string_view word = text.substr(colon + 1);
        if (const auto queue = parse_queue(word))
            return {.device = device, .queue = queue, .use = {}};
        if (is_use_name(word) && !ends_as_link(word))
            return {.device = device, .queue = std::nullopt, .use = std::string(word)};
    }
    return {.device = std::string(text), .queue = std::nullopt, .use = {}};
}

Result<const VideoMemory*> memory_of(const VideoDevice& device, const DeviceArgument& argument) {
    const auto found = std::ranges::find_if(
        device.memories, [&](const VideoMemory& memory) { return is_memory(memory, argument); });
    if (found != device.memories.end())
        return &*found;
    const std::string there = memories_of(device);
    const std::string word = word_of(argument);
    return std::unexpected(
        Error{.code = EINVAL,
              .operation = word.empty()
                               ? "find a video queue of the device"
                               : std::format("find the memory {} of the device", printable(word)),
              .subject = argument.device,
              .hint = there.empty() ? "It has no video queue." : "It has: " + there + "."});
}

} // namespace heapsel
