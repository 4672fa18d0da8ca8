// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/device_node.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>

#include <fcntl.h>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "heaps/machine.hpp"
#include "heaps/read_node_mode.hpp"
#include "heaps/sysfs.hpp"
#include "uapi/drm_commit.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

bool is_node_of(const NodeClass& kind, std::string_view name) {
    return name.size() > kind.prefix.size() && name.starts_with(kind.prefix) &&
           std::ranges::all_of(name.substr(kind.prefix.size()),
                               [](char c) { return c >= '0' && c <= '9'; });
}

/// "video0" of "/dev/video0", or of a link to that on this machine. A bare name is one of /dev, and
/// is not looked up where the program happens to run.
std::string name_of(std::string_view device, const fs::path& root) {
    const fs::path path(device);
    if (!is_live(root))
        return path.filename();
    std::error_code failure;
    const fs::path target = fs::canonical(device.contains('/') ? path : "/dev" / path, failure);
    return failure ? path.filename() : target.filename();
}

std::string why_unasked(const fs::path& root, Ask ask) {
    if (ask == Ask::sysfs_alone)
        return "no device is opened, as was asked for";
    return is_live(root) ? "" : "the machine is a recorded one";
}

Result<UniqueFd> open_with(const fs::path& node, int access) {
    UniqueFd fd(::open(node.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (fd)
        return fd;
    const int code = errno;
    const auto mode = code == EACCES ? read_node_mode(node) : std::nullopt;
    return std::unexpected(Error{.code = code,
                                 .operation = "open the device",
                                 .subject = node.native(),
                                 .hint = mode ? "It is " + to_string(*mode) + "." : ""});
}

} // namespace

std::vector<fs::path> node_directories(const fs::path& root, const NodeClass& kind) {
    auto directories = class_directories(root, kind.name);
    std::erase_if(directories, [&](const fs::path& directory) {
        return !is_node_of(kind, directory.filename().native());
    });
    std::ranges::stable_sort(directories, {},
                             [](const fs::path& path) { return path.filename().native().size(); });
    return directories;
}

Result<fs::path> find_node_directory(const fs::path& root, const NodeClass& kind,
                                     std::string_view device) {
    const auto directories = node_directories(root, kind);
    const std::string name = name_of(device, root);
    std::vector<std::string> nodes;
    for (const fs::path& directory : directories) {
        if (directory.filename() == name)
            return directory;
        nodes.push_back(node_path(kind, directory.filename().native()));
    }
    return std::unexpected(
        Error{.code = ENODEV,
              .operation = std::format("find the {}", kind.called),
              .subject = std::string(device),
              .hint = nodes.empty() ? std::format("There is no {} at all.", kind.called)
                                    : "There are: " + printable(joined(nodes, ", ")) + "."});
}

DeviceNode look_at_node(const fs::path& root, const NodeClass& kind,
                        const fs::path& class_directory, Ask ask) {
    DeviceNode device{.name = class_directory.filename().native(),
                      .node = {},
                      .directory = class_directory / "device",
                      .driver = {},
                      .unasked_because = why_unasked(root, ask)};
    device.node = root / kind.directory / device.name;
    std::error_code failure;
    const fs::path driver = fs::read_symlink(device.directory / "driver", failure);
    if (is_sysfs_directory(root, device.directory) && !failure)
        device.driver = driver.filename().native();
    return device;
}

std::string node_path(const NodeClass& kind, std::string_view name) {
    return std::format("/{}/{}", kind.directory, name);
}

Result<UniqueFd> open_node(const fs::path& node) {
    // Of the ioctls that are asked here, neither V4L2 nor DRM has one that needs to write.
    return open_with(node, O_RDONLY);
}

Result<UniqueFd> open_node_for_work(const fs::path& node) {
    return open_with(node, O_RDWR);
}

Result<UniqueFd> open_card(const fs::path& node) {
    return open_node(node).transform([](UniqueFd fd) {
        uapi::drm_drop_master(fd.get());
        return fd;
    });
}

std::vector<std::string> uses_of_node(const fs::path& root, const DeviceNode& device) {
    if (!is_sysfs_directory(root, device.directory / "heaps"))
        return {};
    return bindable_uses(device.directory);
}

std::expected<Binding, std::string> binding_of_node(const fs::path& root, const DeviceNode& device,
                                                    std::string_view use) {
    if (!is_sysfs_directory(root, device.directory))
        return std::unexpected("the device has no directory in sysfs");
    return read_binding(device.directory, use).transform_error([](const Error& error) {
        // The same for each device without uses, so that the file's name does not matter.
        return error.code == ENOENT ? error.hint : error.message();
    });
}

bool names_display(std::string_view device, const fs::path& root) {
    return is_node_of(card_nodes, name_of(device, root));
}

} // namespace heapsel
