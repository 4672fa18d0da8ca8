// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/consumer.hpp>

#include <cerrno>
#include <filesystem>
#include <format>
#include <system_error>
#include <utility>

#include "devices/plane_heaps.hpp"
#include "devices/video_heaps.hpp"
#include "uapi/drm.hpp"
#include "uapi/v4l2.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::string path_of(int fd) {
    std::error_code failure;
    const fs::path path = fs::read_symlink(std::format("/proc/self/fd/{}", fd), failure);
    return failure ? std::format("file descriptor {}", fd) : path.native();
}

} // namespace

Result<Consumer> Consumer::v4l2(int fd, Queue queue) {
    const auto capability = uapi::v4l2_query_capability(fd);
    if (!capability)
        return std::unexpected(capability.error());
    const std::string device = path_of(fd);
    const auto type = uapi::v4l2_buffer_type(queue, capability->device_caps);
    if (!type)
        return std::unexpected(
            Error{.code = EINVAL,
                  .operation = std::format("find the {} queue", to_string(queue)),
                  .subject = device,
                  .hint = "The device has no such queue for video: name the other one, or another "
                          "device."});
    auto heaps = ask_queue_heaps(fd, *type, capability->device_caps);
    if (!heaps)
        return std::unexpected(std::move(heaps.error()));
    return listing(video_consumer_name(device, capability->driver, to_string(queue)),
                   std::move(heaps->usable));
}

Result<Consumer> Consumer::drm(int fd, std::uint32_t plane, std::uint32_t format,
                               std::uint64_t modifier) {
    const auto driver = uapi::drm_driver(fd);
    if (!driver)
        return std::unexpected(driver.error());
    const auto asked = ask_plane(fd, plane);
    if (!asked)
        return std::unexpected(asked.error());
    auto usable = ask_plane_heaps(fd, *asked, format, modifier);
    if (!usable)
        return std::unexpected(std::move(usable.error()));
    return listing(plane_consumer_name(path_of(fd), *driver, *asked, format, modifier),
                   *std::move(usable));
}

} // namespace heapsel
