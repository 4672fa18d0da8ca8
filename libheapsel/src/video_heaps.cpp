// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video_heaps.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include "uapi/v4l2.hpp"

namespace heapsel {
namespace {

// More than any machine has regions; a driver that goes on would go on for ever.
constexpr std::uint32_t max_entries = 256;

} // namespace

Result<UsableHeaps> ask_usable_heaps(int fd, Role role, std::uint32_t type) {
    UsableHeaps usable{.heaps = {}, .evidence = "VIDIOC_ENUM_HEAPS", .unknown_because = {}};
    for (std::uint32_t index = 0; index < max_entries; ++index) {
        auto entry = uapi::v4l2_enum_heap(fd, role, type, index);
        if (entry) {
            const bool known = std::ranges::contains(usable.heaps, entry->name, &UsableHeap::name);
            if (!known && !entry->name.empty())
                usable.heaps.push_back(*std::move(entry));
            continue;
        }
        const int code = entry.error().code;
        if (code == EINVAL)
            return usable;
        if (code == ENOTTY && index == 0)
            return UsableHeaps{.heaps = {},
                               .evidence = {},
                               .unknown_because =
                                   "the kernel or the driver does not have VIDIOC_ENUM_HEAPS"};
        return std::unexpected(std::move(entry.error()));
    }
    return std::unexpected(
        Error{.code = EOVERFLOW,
              .attempted = std::format("list the heaps for the role {}", to_string(role)),
              .subject = "VIDIOC_ENUM_HEAPS",
              .remedy = std::format("The driver is faulty: it lists more than {}.", max_entries)});
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
