// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/display_device.hpp>

#include <array>
#include <cerrno>
#include <utility>

#include <heapsel/pixel_format.hpp>
#include <heapsel/use.hpp>

#include "devices/device_memory.hpp"
#include "devices/device_node.hpp"
#include "devices/plane_heaps.hpp"
#include "uapi/drm.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

const std::array visible_uses{std::string(frame_use)};

UsableHeaps usable_of(int fd, const Plane& plane) {
    if (plane.formats.empty())
        return unknown_heaps("the plane takes no format at all");
    auto usable = ask_plane_heaps(fd, plane, plane.formats.front(), no_modifier);
    if (usable)
        return *std::move(usable);
    return unknown_heaps(usable.error().message());
}

/// `hidden` is what the driver says of what stays inside it.
Result<void> ask(DisplayDevice& device, HeapList& hidden) {
    const auto fd = open_card(device.node);
    if (!fd)
        return std::unexpected(fd.error());
    auto driver = uapi::drm_driver(fd->get());
    if (!driver)
        return std::unexpected(std::move(driver.error()));
    auto planes = ask_planes(fd->get());
    if (!planes)
        return std::unexpected(std::move(planes.error()));
    device.driver = *std::move(driver);
    for (Plane& plane : *planes) {
        auto usable = usable_of(fd->get(), plane);
        device.planes.push_back({.plane = std::move(plane), .usable = std::move(usable)});
    }
    auto listed = ask_hidden_heaps(fd->get());
    if (listed)
        hidden = *std::move(listed);
    else
        hidden.unknown_because = listed.error().message();
    return {};
}

/// EOPNOTSUPP: it does no modesetting.
Result<DisplayDevice> inspect(const fs::path& root, const fs::path& class_directory, Ask whom) {
    DisplayDevice device{look_at_node(root, card_nodes, class_directory, whom), {}, {}, {}, {}};
    if (auto binding = binding_of_node(root, device, frame_use); binding)
        device.binding = *std::move(binding);
    else
        device.binding_unknown_because = std::move(binding.error());
    HeapList hidden{.uses = {}, .unknown_because = device.unasked_because};
    if (device.unasked_because.empty()) {
        if (auto asked = ask(device, hidden); !asked) {
            if (asked.error().code == EOPNOTSUPP)
                return std::unexpected(std::move(asked.error()));
            device.unasked_because = asked.error().message();
            hidden.unknown_because = device.unasked_because;
        }
    }
    device.hidden = hidden_memories(root, device, std::move(hidden), visible_uses);
    return device;
}

} // namespace

std::vector<DisplayDevice> list_display_devices(const fs::path& root, Ask ask) {
    std::vector<DisplayDevice> devices;
    for (const fs::path& directory : node_directories(root, card_nodes)) {
        if (auto device = inspect(root, directory, ask); device)
            devices.push_back(*std::move(device));
    }
    return devices;
}

Result<DisplayDevice> find_display_device(std::string_view device, const fs::path& root) {
    return find_node_directory(root, card_nodes, device).and_then([&](const fs::path& directory) {
        return inspect(root, directory, Ask::drivers);
    });
}

} // namespace heapsel
