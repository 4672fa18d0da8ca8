// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/video_device.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <functional>
#include <iterator>
#include <system_error>
#include <utility>

#include <fcntl.h>

#include <heapsel/printable.hpp>
#include <heapsel/unique_fd.hpp>

#include "attribute.hpp"
#include "joined.hpp"
#include "machine.hpp"
#include "node_mode.hpp"
#include "sysfs.hpp"
#include "uapi/v4l2.hpp"
#include "video_heaps.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

constexpr const char* class_name = "video4linux";
constexpr std::string_view node_prefix = "video";

/// The kernel names the nodes "video0", "video1"; the class has radios and others, too.
bool is_video(const fs::path& folder) {
    const std::string name = folder.filename().native();
    return name.size() > node_prefix.size() && name.starts_with(node_prefix) &&
           std::ranges::all_of(name.substr(node_prefix.size()),
                               [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<fs::path> video_folders(const fs::path& root) {
    auto folders = class_folders(root, class_name);
    std::erase_if(folders, std::not_fn(is_video));
    std::ranges::stable_sort(folders, {},
                             [](const fs::path& path) { return path.filename().native().size(); });
    return folders;
}

/// Nothing to ask of: a recorded device, or one that does not open.
Result<UniqueFd> open_node(const fs::path& node) {
    UniqueFd fd(::open(node.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (fd)
        return fd;
    const int code = errno;
    const std::string mode = code == EACCES ? node_mode(node) : "";
    return std::unexpected(Error{.code = code,
                                 .attempted = "open the device",
                                 .subject = node.native(),
                                 .remedy = mode.empty() ? "" : "It is " + mode + "."});
}

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
    Inspection(const fs::path& root, const fs::path& class_folder) : root_(root) {
        device_.name = class_folder.filename().native();
        device_.node = root / "dev" / device_.name;
        device_.folder = class_folder / "device";
        has_folder_ = is_sysfs_folder(root, device_.folder);
        device_.title = read_attribute(class_folder / "name").value_or("");
        std::error_code failure;
        const fs::path driver = fs::read_symlink(device_.folder / "driver", failure);
        if (has_folder_ && !failure)
            device_.driver = driver.filename().native();
        if (is_live(root))
            ask();
        else
            device_.unasked_because = "the machine is a recorded one";
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
            .usable = {.heaps = {}, .evidence = {}, .unknown_because = device_.unasked_because},
            .binding = std::nullopt,
            .binding_unknown_because = "the device has no folder in sysfs"};
        if (has_folder_)
            read_binding_of(memory);
        if (fd_) {
            auto asked = ask_usable_heaps(fd_.get(), role, type);
            if (asked)
                memory.usable = *std::move(asked);
            else
                memory.usable.unknown_because = asked.error().message();
        }
        if (!memory.usable.known() && memory.binding)
            memory.usable =
                usable_from(*memory.binding,
                            "/" / binding_file(device_.folder, role).lexically_relative(root_));
        const bool there = memory.binding || !memory.usable.heaps.empty();
        if (role == Role::frame || there)
            device_.memories.push_back(std::move(memory));
    }

    void read_binding_of(VideoMemory& memory) const {
        auto binding = read_binding(device_.folder, memory.role);
        if (binding) {
            memory.binding = *std::move(binding);
            memory.binding_unknown_because.clear();
        } else {
            // The same for each device without roles, so that the file's name does not matter.
            const Error& error = binding.error();
            memory.binding_unknown_because = error.code == ENOENT ? error.remedy : error.message();
        }
    }

    const fs::path& root_;
    VideoDevice device_;
    UniqueFd fd_;
    std::uint32_t device_caps_ = 0;
    bool has_folder_ = false;
};

/// "video0" of "/dev/video0", or of a link to that on this machine.
std::string name_of(std::string_view device, const fs::path& root) {
    const fs::path path(device);
    if (!is_live(root))
        return path.filename();
    std::error_code failure;
    const fs::path target = fs::canonical(path, failure);
    return failure ? path.filename() : target.filename();
}

} // namespace

std::vector<VideoDevice> list_video_devices(const fs::path& root) {
    std::vector<VideoDevice> devices;
    std::ranges::transform(
        video_folders(root), std::back_inserter(devices),
        [&](const fs::path& folder) { return Inspection(root, folder).result(); });
    return devices;
}

Result<VideoDevice> find_video_device(std::string_view device, const fs::path& root) {
    const auto folders = video_folders(root);
    const std::string name = name_of(device, root);
    std::vector<std::string> names;
    for (const fs::path& folder : folders) {
        if (folder.filename() == name)
            return Inspection(root, folder).result();
        names.push_back("/dev/" + folder.filename().native());
    }
    return std::unexpected(
        Error{.code = ENODEV,
              .attempted = "find the video device",
              .subject = std::string(device),
              .remedy = names.empty() ? "There is no video device at all."
                                      : "There are: " + printable(joined(names, ", ")) + "."});
}

Consumer consumer_of(const VideoDevice& device, const VideoMemory& memory) {
    return Consumer::listing(
        video_consumer_name("/dev/" + device.name, device.driver, memory.role, memory.queue),
        memory.usable);
}

} // namespace heapsel
