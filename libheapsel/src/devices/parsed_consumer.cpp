// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/parsed_consumer.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <string_view>
#include <utility>

#include <heapsel/display_device.hpp>
#include <heapsel/pixel_format.hpp>
#include <heapsel/video_device.hpp>

#include "devices/ask_or_try.hpp"
#include "devices/device_argument.hpp"
#include "devices/display_argument.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// What is named, and looked at, before anything is asked that depends on the others.
class Naming {
  public:
    Naming(const fs::path& root, std::span<const Heap> heaps) : root_(root), heaps_(heaps) {}

    Result<ParsedConsumer> video(const std::string& word) {
        const DeviceArgument argument = parse_device_argument(word);
        const auto device = find_video_device(argument.device, root_);
        if (!device)
            return std::unexpected(device.error());
        const auto memory = memory_of(*device, argument);
        if (!memory)
            return std::unexpected(memory.error());
        if (const auto& format = (*memory)->format)
            wanted_.push_back(format_of_v4l2(format->pixel_format));
        return ParsedConsumer{.consumer = consumer_of(*device, **memory),
                              .show = {},
                              .target = policy_target(*device, **memory, argument.queue, root_)};
    }

    Result<ParsedConsumer> display(const DisplayArgument& argument) {
        const auto device = find_display_device(argument.device, root_);
        if (!device)
            return std::unexpected(device.error());
        if (!device->unasked_because.empty())
            return ParsedConsumer{
                .consumer = unasked(*device), .show = {}, .target = policy_target(*device, root_)};
        const auto plane = plane_of(*device, argument);
        if (!plane)
            return std::unexpected(plane.error());
        const auto format = format_of(**plane, argument, wanted_);
        if (!format)
            return std::unexpected(format.error());
        return ask(*device, {.plane = **plane, .format = *format});
    }

  private:
    static Consumer unasked(const DisplayDevice& device) {
        const std::string by = device.driver.empty() ? "" : std::format(" ({})", device.driver);
        return Consumer::listing(
            std::format("/dev/dri/{}{}", device.name, by),
            {.heaps = {}, .evidence = {}, .unknown_because = device.unasked_because});
    }

    Result<ParsedConsumer> ask(const DisplayDevice& device, Scanout show) {
        auto consumer = ask_or_try(device.node, show, heaps_);
        if (!consumer)
            return std::unexpected(std::move(consumer.error()));
        return ParsedConsumer{.consumer = *std::move(consumer),
                              .show = std::move(show),
                              .target = policy_target(device, root_)};
    }

    const fs::path& root_;
    std::span<const Heap> heaps_;
    std::vector<std::uint32_t> wanted_; ///< The formats of the video queues so far.
};

/// "/dev/dri/card0:primery": what stands before a colon is a display.
bool is_display_with_more(std::string_view device, const fs::path& root) {
    for (auto colon = device.rfind(':'); colon != std::string_view::npos;
         colon = device.rfind(':')) {
        device = device.substr(0, colon);
        if (names_display(device, root))
            return true;
    }
    return false;
}

} // namespace

Result<std::vector<ParsedConsumer>> parse_consumers(std::span<const std::string> words,
                                                    const fs::path& root,
                                                    std::span<const Heap> heaps) {
    Naming naming(root, heaps);
    std::vector<std::pair<std::size_t, ParsedConsumer>> named;
    std::vector<std::pair<std::size_t, DisplayArgument>> displays;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto argument = parse_display_argument(words[i]);
        if (names_display(argument.device, root)) {
            displays.emplace_back(i, std::move(argument));
            continue;
        }
        if (is_display_with_more(argument.device, root))
            return std::unexpected(Error{
                .code = EINVAL,
                .operation = "find that plane of the display",
                .subject = words[i],
                .hint = "A plane is its number, primary, overlay or cursor, and a format behind "
                        "it four characters such as XR24 or NV12."});
        auto consumer = naming.video(words[i]);
        if (!consumer)
            return std::unexpected(std::move(consumer.error()));
        named.emplace_back(i, *std::move(consumer));
    }
    for (const auto& [i, argument] : displays) {
        auto consumer = naming.display(argument);
        if (!consumer)
            return std::unexpected(std::move(consumer.error()));
        named.emplace_back(i, *std::move(consumer));
    }
    std::ranges::sort(named, {}, [](const auto& placed) { return placed.first; });
    std::vector<ParsedConsumer> consumers;
    for (auto& [i, consumer] : named)
        consumers.push_back(std::move(consumer));
    return consumers;
}

} // namespace heapsel
