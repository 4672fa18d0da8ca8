// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/binding.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

/// A class of devices whose nodes the kernel numbers.
struct NodeClass {
    std::string_view name;      ///< Its directory in /sys/class.
    std::string_view prefix;    ///< Before the number. The class has nodes of other kinds, too.
    std::string_view directory; ///< Of the nodes, relative to the root.
    std::string_view called;    ///< One of them, for messages.
};
inline constexpr NodeClass video_nodes{
    .name = "video4linux", .prefix = "video", .directory = "dev", .called = "video device"};
inline constexpr NodeClass card_nodes{
    .name = "drm", .prefix = "card", .directory = "dev/dri", .called = "display"};

/// The directories of the nodes in sysfs, by number.
[[nodiscard]] std::vector<std::filesystem::path> node_directories(const std::filesystem::path& root,
                                                                  const NodeClass& kind);

/// The directory of the node that `device` names: its path, that of a link to it, or its name
/// alone.
///
/// ENODEV: there is none; the hint lists those that there are.
[[nodiscard]] Result<std::filesystem::path> find_node_directory(const std::filesystem::path& root,
                                                                const NodeClass& kind,
                                                                std::string_view device);

/// What sysfs says of the node with this directory. That nobody is to be asked, or the machine is a
/// recorded one, is the reason not to ask the driver.
[[nodiscard]] DeviceNode look_at_node(const std::filesystem::path& root, const NodeClass& kind,
                                      const std::filesystem::path& class_directory, Ask ask);

/// The path of a node on the machine itself: "/dev/video0".
[[nodiscard]] std::string node_path(const NodeClass& kind, std::string_view name);

/// For questions: read-only. Any errno of open(2); the hint says who may.
[[nodiscard]] Result<UniqueFd> open_node(const std::filesystem::path& node);
/// The same to work with it: for reading and writing.
[[nodiscard]] Result<UniqueFd> open_node_for_work(const std::filesystem::path& node);

/// The same of a display, without the mastership that the first who opens it gets: a compositor
/// that starts meanwhile needs it.
[[nodiscard]] Result<UniqueFd> open_card(const std::filesystem::path& node);

/// The uses that the device behind a node can be bound by.
[[nodiscard]] std::vector<std::string> uses_of_node(const std::filesystem::path& root,
                                                    const DeviceNode& device);

/// The binding of a use of the device behind a node, or why it is not known.
[[nodiscard]] std::expected<Binding, std::string>
binding_of_node(const std::filesystem::path& root, const DeviceNode& device, std::string_view use);

} // namespace heapsel
