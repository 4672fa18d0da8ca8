// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/video_device.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/unique_fd.hpp>

#include "devices/device_node.hpp"
#include "devices/video_heaps.hpp"
#include "io/attribute.hpp"
#include "uapi/v4l2.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// `file` as the machine itself would call it.
UsableHeaps usable_from(const Binding& binding, const fs::path& file) {
    const Accounting unsaid{.controller = std::nullopt,
                            .region = std::nullopt,
                            .unknown_because = "the binding's file does not say"};
    UsableHeaps usable{.heaps = {}, .evidence = printable(file.native()), .unknown_because = {}};
    for (const std::string& heap : binding.heaps)
        usable.heaps.push_back({.name = heap, .active = true, .accounting = unsaid});
    for (const std::string& heap : binding.usable)
        usable.heaps.push_back({.name = heap, .active = false, .accounting = unsaid});
    return usable;
}

class Inspection {
  public:
    Inspection(const fs::path& root, const fs::path& class_directory, Ask whom)
        : root_(root), device_{look_at_node(root, video_nodes, class_directory, whom), {}, {}, {}} {
        device_.title = read_attribute(class_directory / "name").value_or("");
        if (device_.unasked_because.empty())
            ask();
    }

    VideoDevice result() && {
        for (const Queue queue : all_queues) {
            if (const auto type = uapi::v4l2_buffer_type(queue, device_caps_))
                add(Role::frame, queue, *type);
        }
        if (device_.memories.empty() && !fd_)
            add(Role::frame, std::nullopt, 0);
        for (const Role role : {Role::reference, Role::metadata})
            add(role, std::nullopt, 0);
        return std::move(device_);
    }

  private:
    void ask() {
        auto fd = open_node(device_.node);
        const auto capability = fd.and_then(
            [](const UniqueFd& open) { return uapi::v4l2_query_capability(open.get()); });
        if (!capability) {
            device_.unasked_because = capability.error().message();
            return;
        }
        fd_ = *std::move(fd);
        device_.driver = capability->driver;
        device_.card = capability->card;
        device_caps_ = capability->device_caps;
    }

    void add(Role role, std::optional<Queue> queue, std::uint32_t type) {
        VideoMemory memory{
            .role = role,
            .queue = queue,
            .pixel_format = {},
            .usable = {.heaps = {}, .evidence = {}, .unknown_because = device_.unasked_because},
            .binding = std::nullopt,
            .binding_unknown_because = {}};
        if (auto binding = binding_of_node(root_, device_, role); binding)
            memory.binding = *std::move(binding);
        else
            memory.binding_unknown_because = std::move(binding.error());
        if (fd_) {
            auto asked = ask_usable_heaps(fd_.get(), role, type);
            if (asked)
                memory.usable = *std::move(asked);
            else
                memory.usable.unknown_because = asked.error().message();
            if (queue)
                memory.pixel_format = uapi::v4l2_pixel_format(fd_.get(), type);
        }
        if (!memory.usable.known() && memory.binding)
            memory.usable =
                usable_from(*memory.binding,
                            "/" / binding_file(device_.directory, role).lexically_relative(root_));
        const bool there = memory.binding || !memory.usable.heaps.empty();
        if (role == Role::frame || there)
            device_.memories.push_back(std::move(memory));
    }

    const fs::path& root_;
    VideoDevice device_;
    UniqueFd fd_;
    std::uint32_t device_caps_ = 0;
};

} // namespace

std::vector<VideoDevice> list_video_devices(const fs::path& root, Ask ask) {
    std::vector<VideoDevice> devices;
    std::ranges::transform(
        node_directories(root, video_nodes), std::back_inserter(devices),
        [&](const fs::path& directory) { return Inspection(root, directory, ask).result(); });
    return devices;
}

Result<VideoDevice> find_video_device(std::string_view device, const fs::path& root) {
    return find_node_directory(root, video_nodes, device).transform([&](const fs::path& directory) {
        return Inspection(root, directory, Ask::drivers).result();
    });
}

Consumer consumer_of(const VideoDevice& device, const VideoMemory& memory) {
    return Consumer::listing(video_consumer_name(node_path(video_nodes, device.name), device.driver,
                                                 memory.role, memory.queue),
                             memory.usable);
}

} // namespace heapsel
