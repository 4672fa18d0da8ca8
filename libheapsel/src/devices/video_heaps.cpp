// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/video_heaps.hpp"

#include <cerrno>
#include <format>
#include <utility>
#include <vector>

#include <heapsel/use.hpp>

#include "heaps/heap_ioctls.hpp"
#include "uapi/v4l2.hpp"

namespace heapsel {
namespace {

constexpr const char* call = "VIDIOC_ENUM_HEAPS";

std::string use_of_codec(int fd, std::uint32_t type, std::uint32_t device_caps) {
    return std::string(uapi::v4l2_is_mem2mem(device_caps) && uapi::v4l2_is_coded(fd, type)
                           ? bitstream_use
                           : frame_use);
}

} // namespace

Result<HeapList> ask_video_heaps(int fd, std::uint32_t type) {
    if (!kernel_lists_usable_heaps())
        return no_such_call(call);
    std::vector<uapi::HeapEntry> entries;
    for (std::uint32_t index = 0; index < uapi::max_heaps; ++index) {
        auto entry = uapi::v4l2_enum_heap(fd, type, index);
        if (entry) {
            entries.push_back(*std::move(entry));
            continue;
        }
        const int code = entry.error().code;
        if (index == 0 && code == ENOTTY)
            return HeapList{.uses = {},
                            .unknown_because = std::format("the driver does not have {}", call)};
        if (code == EINVAL)
            return HeapList{.uses = heaps_by_use(entries, call), .unknown_because = {}};
        return std::unexpected(std::move(entry.error()));
    }
    return std::unexpected(Error{
        .code = EOVERFLOW,
        .operation = "list the heaps that a device can use",
        .subject = call,
        .hint = std::format("The driver is faulty: it lists more than {}.", uapi::max_heaps)});
}

Result<UseHeaps> ask_queue_heaps(int fd, std::uint32_t type, std::uint32_t device_caps) {
    return ask_video_heaps(fd, type).transform([&](HeapList list) {
        UseHeaps heaps = heaps_of_one_use(std::move(list), call);
        if (heaps.use.empty())
            heaps.use = use_of_codec(fd, type, device_caps);
        return heaps;
    });
}

std::string_view memory_name(std::string_view use, std::optional<Queue> queue) {
    return queue ? to_string(*queue) : use;
}

std::string video_consumer_name(std::string_view device, std::string_view driver,
                                std::string_view memory) {
    const std::string by = driver.empty() ? "" : std::format(" ({})", driver);
    return std::format("{}{} {}", device, by, memory);
}

} // namespace heapsel
