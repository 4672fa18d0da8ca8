// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/video_device.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <heapsel/unique_fd.hpp>
#include <heapsel/use.hpp>

#include "devices/device_memory.hpp"
#include "devices/device_node.hpp"
#include "devices/video_heaps.hpp"
#include "io/attribute.hpp"
#include "uapi/v4l2.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

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
                add_queue(queue, *type);
        }
        add_hidden();
        if (device_.memories.empty() && !fd_)
            device_.memories.push_back(
                {memory_for(root_, device_,
                            {.use = std::string(frame_use),
                             .part_of = {},
                             .usable = unknown_heaps(device_.unasked_because)}),
                 std::nullopt, std::nullopt});
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

    void add_queue(Queue queue, std::uint32_t type) {
        auto heaps = ask_queue_heaps(fd_.get(), type, device_caps_);
        if (!heaps)
            heaps = UseHeaps{.use = std::string(frame_use),
                             .part_of = {},
                             .usable = unknown_heaps(heaps.error().message())};
        device_.memories.push_back({memory_for(root_, device_, *std::move(heaps)), queue,
                                    uapi::v4l2_video_format(fd_.get(), type)});
    }

    void add_hidden() {
        std::vector<std::string> visible;
        for (const VideoMemory& memory : device_.memories)
            visible.push_back(memory.use);
        for (DeviceMemory& memory : hidden_memories(root_, device_, ask_hidden(), visible))
            device_.memories.push_back({std::move(memory), std::nullopt, std::nullopt});
    }

    [[nodiscard]] HeapList ask_hidden() const {
        if (!fd_)
            return {.uses = {}, .unknown_because = device_.unasked_because};
        auto list = ask_video_heaps(fd_.get(), 0);
        return list ? *std::move(list)
                    : HeapList{.uses = {}, .unknown_because = list.error().message()};
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

Result<UniqueFd> open_video_device(const VideoDevice& device) {
    return open_node_for_work(device.node);
}

Consumer consumer_of(const VideoDevice& device, const VideoMemory& memory) {
    return Consumer::listing(video_consumer_name(node_path(video_nodes, device.name), device.driver,
                                                 memory_name(memory.use, memory.queue)),
                             memory.usable);
}

} // namespace heapsel
