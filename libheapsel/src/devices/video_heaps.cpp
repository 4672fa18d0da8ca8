// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/video_heaps.hpp"

#include <cerrno>
#include <format>

#include "devices/enum_heaps.hpp"
#include "uapi/v4l2.hpp"

namespace heapsel {

Result<UsableHeaps> ask_usable_heaps(int fd, Role role, std::uint32_t type) {
    return list_usable_heaps(
        {.call = "VIDIOC_ENUM_HEAPS",
         .end = EINVAL,
         .unknown = {{.code = ENOTTY, .because = "the driver does not have VIDIOC_ENUM_HEAPS"}},
         .entry = [=](std::uint32_t index) {
             return uapi::v4l2_enum_heap(fd, role, type, index);
         }});
}

std::string_view memory_name(Role role, std::optional<Queue> queue) {
    return role == Role::frame && queue ? to_string(*queue) : to_string(role);
}

std::string video_consumer_name(std::string_view device, std::string_view driver, Role role,
                                std::optional<Queue> queue) {
    const std::string by = driver.empty() ? "" : std::format(" ({})", driver);
    return std::format("{}{} {}", device, by, memory_name(role, queue));
}

} // namespace heapsel
